// SPDX-License-Identifier: MIT
// Follows `GET /events` of one session through every break, from one gateway to the next, by Last-Event-ID.
import http from 'node:http';
import { createParser } from '../../integration/lib/nats.mjs';
import { eventually, pause } from '../../integration/lib/wait.mjs';
import { gist } from './history.mjs';

const silence = 20_000; // milliseconds; a sign of life comes every 15 s

export class Follower {
  position = '0'; // before the first outcome, so that everything of this session is asked for
  connections = 0;
  #stopped = false;
  #request;
  #response;
  #loop;

  constructor({ name, owner, session, origins, random, history }) {
    Object.assign(this, { name, owner, session, origins, random, history });
  }

  start() {
    this.#loop = this.#run();
  }

  async #run() {
    while (!this.#stopped) {
      const reason = await this.#connection(this.random.pick(this.origins));
      this.history.add({ what: 'break', client: this.name, position: this.position, reason });
      await pause(this.random.between(20, 200));
    }
  }

  #connection(origin) {
    const number = (this.connections += 1);
    this.history.add({ what: 'follow', client: this.name, owner: this.owner, connection: number, from: this.position, origin });
    return new Promise((resolve) => {
      const headers = { accept: 'text/event-stream', 'tidings-session': this.session, 'last-event-id': this.position };
      const request = (this.#request = http.get(`${origin}/events`, { headers, agent: false }));
      request.setTimeout(silence, () => request.destroy(new Error('silence')));
      request.on('error', (error) => resolve(error.code ?? error.message));
      request.on('response', (response) => {
        this.#response = response;
        const parser = createParser({ onEvent: (event) => this.#event(event, number) });
        const text = new TextDecoder('utf-8', { fatal: true });
        response.on('data', (chunk) => parser.feed(text.decode(chunk, { stream: true })));
        response.on('error', (error) => resolve(error.code ?? error.message));
        response.on('close', () => resolve(`ended, ${response.statusCode}`));
        if (response.statusCode !== 200) response.resume();
      });
    });
  }

  #event({ event, id, data }, connection) {
    if (id !== undefined) this.position = id;
    const line = { what: 'event', client: this.name, owner: this.owner, connection, event, position: Number(id) };
    if (event === 'completed' || event === 'failed') {
      const outcome = JSON.parse(data);
      Object.assign(line, { id: outcome.command_id, gist: gist(outcome) });
    } else {
      line.data = data.slice(0, 400);
    }
    this.history.add(line);
  }

  /** Stops reading without closing, as a browser's tab that is asleep. */
  sleep() {
    this.#response?.pause();
  }

  wake() {
    this.#response?.resume();
  }

  /** Breaks the connection, which makes it resume. */
  cut() {
    this.#request?.destroy();
  }

  /** Waits until it has everything up to `sequence`. */
  caughtUp(sequence, deadline) {
    return eventually(`${this.name} has everything up to ${sequence}`, () => Number(this.position) >= sequence, { deadline });
  }

  async stop() {
    this.#stopped = true;
    this.cut();
    await this.#loop;
  }
}
