// SPDX-License-Identifier: MIT
// A gateway that does what a test of the client tells it to; it keeps the contract and nothing more.
import http from 'node:http';
import { eventually } from './wait.mjs';

export class FakeGateway {
  requests = [];
  streams = new Set();
  outcomes = new Map();
  /** Replace these to answer otherwise; a handler that returns false leaves the answer to the usual one. */
  onCommand = () => false;
  onEvents = () => false;
  #sequence = 0;
  #history = [];

  static async start() {
    const gateway = new FakeGateway();
    gateway.server = http.createServer((request, response) => gateway.#answer(request, response));
    await new Promise((resolve) => gateway.server.listen(0, '127.0.0.1', resolve));
    gateway.origin = `http://127.0.0.1:${gateway.server.address().port}`;
    return gateway;
  }

  async #answer(request, response) {
    let text = '';
    for await (const chunk of request) text += chunk;
    const seen = { method: request.method, path: request.url, headers: request.headers, text, response };
    this.requests.push(seen);
    const [, kind, name] = request.url.split(/[/?]/);
    if (request.headers.accept === 'text/event-stream') {
      if (this.onEvents(seen) === false) this.stream(seen);
    } else if (kind === 'commands' && request.method === 'POST') {
      if (this.onCommand(seen) === false) json(response, 202, this.pending(`cmd-${this.requests.length}`));
    } else if (kind === 'commands') {
      const outcome = this.outcomes.get(name);
      if (outcome) json(response, 200, outcome);
      else problem(response, 404, { code: 'not_found', detail: 'no such command' });
    } else {
      json(response, 200, { success: true, query_id: 'qry-1', timestamp: '', payload: { asked: request.url }, error: null });
    }
  }

  /** Answers with an event stream that starts after the position asked for. */
  stream({ response, headers, path }) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`: hello\nretry: 20\nid: ${headers['last-event-id'] ?? this.#sequence}\n\n`);
    const stream = { response, path };
    if (path === '/events') for (const { id, text } of this.#history) if (id > Number(headers['last-event-id'] ?? this.#sequence)) response.write(text);
    this.streams.add(stream);
    response.on('close', () => this.streams.delete(stream));
  }

  pending(id) {
    const outcome = { success: null, command_id: id, status: 'pending', payload: null, actions: [] };
    this.outcomes.set(id, outcome);
    return outcome;
  }

  /** The command is done; whoever listens to /events is told. */
  complete(id, status = 'completed') {
    const outcome = { success: status === 'completed', command_id: id, status, payload: { id }, actions: [] };
    this.outcomes.set(id, outcome);
    this.event(status, outcome);
    return outcome;
  }

  event(event, document, path = '/events') {
    const id = (this.#sequence += 1);
    const text = `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(document)}\n\n`;
    if (path === '/events') this.#history.push({ id, text });
    for (const stream of this.streams) if (stream.path === path) stream.response.write(text);
  }

  /** Cuts all event streams, as a proxy or a restart does. */
  cut() {
    for (const { response } of this.streams) response.destroy();
    this.streams.clear();
  }

  listeners(count, path = '/events') {
    return eventually(`${count} streams of ${path}`, () => [...this.streams].filter((stream) => stream.path === path).length === count);
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

export function json(response, status, body, type = 'application/json') {
  response.writeHead(status, { 'content-type': type });
  response.end(JSON.stringify(body));
}

export const problem = (response, status, body) => json(response, status, { status, ...body }, 'application/problem+json');

/** Web Locks, as far as tabs that share a stream need them: one holder a name, others wait in line. */
export class FakeLocks {
  #held = new Map();

  request(name, options, callback) {
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject, callback };
      const line = this.#held.get(name) ?? [];
      this.#held.set(name, line);
      if (options.steal) {
        line.shift()?.reject(new Error('stolen'));
        line.unshift(waiting);
        this.#run(name, waiting);
        return;
      }
      line.push(waiting);
      options.signal?.addEventListener('abort', () => {
        if (line[0] === waiting || !line.includes(waiting)) return;
        line.splice(line.indexOf(waiting), 1);
        reject(options.signal.reason);
      });
      if (line.length === 1) this.#run(name, waiting);
    });
  }

  async #run(name, waiting) {
    const line = this.#held.get(name);
    try {
      waiting.resolve(await waiting.callback({ name }));
    } catch (error) {
      waiting.reject(error);
    }
    if (line[0] !== waiting) return;
    line.shift();
    if (line[0]) this.#run(name, line[0]);
  }
}
