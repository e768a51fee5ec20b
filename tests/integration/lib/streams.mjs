// SPDX-License-Identifier: MIT
// Event streams, read by the clients that people use: eventsource-parser byte for byte, and eventsource as browsers do.
import { createHash } from 'node:crypto';
import http from 'node:http';
import { EventSource } from 'eventsource';
import { createParser } from 'eventsource-parser';
import { eventually } from './wait.mjs';

/** The owner token that outcomes of a session are stored under. */
export const ownerOf = (session) => `s-${createHash('sha256').update(session).digest('hex').slice(0, 32)}`;

/** How many commands were ever stored. */
export async function streamed(nats) {
  const jsm = await nats.jetstreamManager();
  return (await jsm.streams.info('COMMANDS')).state.messages;
}

/** Asks for a session; commands sent with its headers are its own. */
export async function newSession(client) {
  const answer = await client.request('POST', '/session', { body: '' });
  const { session } = answer.json;
  return { session, headers: { 'tidings-session': session }, answer };
}

/** One GET of a stream on a connection of its own, without reconnects. */
export class Stream {
  events = [];
  comments = [];
  retries = [];
  errors = [];
  bytes = Buffer.alloc(0);
  ended = false;

  static open(origin, path, { session, lastEventId, headers = {} } = {}) {
    const stream = new Stream();
    const parser = createParser({
      onEvent: (event) => stream.events.push(event),
      onComment: (text) => stream.comments.push(text),
      onRetry: (ms) => stream.retries.push(ms),
      onError: (error) => stream.errors.push(error),
    });
    const fields = { accept: 'text/event-stream', ...headers };
    if (session) fields['tidings-session'] = session;
    if (lastEventId !== undefined) fields['last-event-id'] = lastEventId;
    return new Promise((resolve, reject) => {
      stream.request = http.get(origin + path, { headers: fields, agent: false });
      stream.request.on('error', (error) => ((stream.ended = true), reject(error)));
      stream.request.on('response', (response) => {
        stream.status = response.statusCode;
        stream.headers = response.headers;
        const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
        response.on('data', (chunk) => {
          stream.bytes = Buffer.concat([stream.bytes, chunk]);
          parser.feed(text.decode(chunk, { stream: true }));
        });
        response.on('error', () => {});
        response.on('close', () => (stream.ended = true));
        resolve(stream);
      });
    });
  }

  /** Its text so far. */
  get text() {
    return this.bytes.toString('utf8');
  }

  /** The position the client would resume from: the last id field of a complete block. */
  get position() {
    const complete = this.text.slice(0, this.text.lastIndexOf('\n\n') + 2);
    return [...complete.matchAll(/^id: ?(.*)$/gm)].at(-1)?.[1];
  }

  /** Waits for `count` events and returns them. */
  async take(count, options) {
    await eventually(`${count} events (have ${this.events.length})`, () => this.events.length >= count, options);
    return this.events;
  }

  /** Waits for an event that `fits` and returns it. */
  find(what, fits, options) {
    return eventually(what, () => this.events.find(fits), options);
  }

  end(options) {
    return eventually('the stream ends', () => this.ended, options);
  }

  close() {
    this.request.destroy();
  }
}

/** A browser's EventSource: it comes back by itself. */
export function eventSource(url, { session, origins } = {}) {
  const source = { events: [], errors: [], opened: 0, requests: [] };
  // With several origins each connection goes to the next one, as behind a round-robin.
  const fetchAs = (input, init) => {
    const { pathname, search } = new URL(input);
    const origin = origins ? origins[source.requests.length % origins.length] : new URL(input).origin;
    const headers = { ...init.headers, ...(session && { 'tidings-session': session }) };
    source.requests.push({ origin, headers });
    return fetch(origin + pathname + search, { ...init, headers });
  };
  source.client = new EventSource(url, { fetch: fetchAs });
  for (const type of ['pending', 'completed', 'failed', 'gap', 'result', 'progress'])
    source.client.addEventListener(type, ({ data, lastEventId }) => source.events.push({ type, data, id: lastEventId }));
  source.client.addEventListener('open', () => (source.opened += 1));
  source.client.addEventListener('error', (error) => source.errors.push(error));
  source.close = () => source.client.close();
  return source;
}
