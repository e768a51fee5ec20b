// SPDX-License-Identifier: MIT
// Described in tidings.d.ts.

// The server says something every 15 s; this much silence is a dead connection.
const silence = 40_000;

export class TidingsError extends Error {
  constructor(problem) {
    const { code, status = 0, errors = [], detail, title } = problem;
    super(detail ?? title ?? code);
    Object.assign(this, { name: 'TidingsError', code, status, errors, problem });
  }
}

const problemOf = ({ status }, body) => ({ code: `http_${status}`, ...body, status });
const refusal = (response, body) => new TidingsError(problemOf(response, body));

const aborted = (signal) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
function pause(ms, signal) {
  let timer;
  const over = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  return Promise.race([over, aborted(signal)]).finally(() => clearTimeout(timer));
}

// randomUUID() is missing where the page came over plain HTTP.
const unique = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (x) => x.toString(36)).join('-');

const preference = (wait) => wait !== undefined && { prefer: `wait=${Math.round(wait)}` };

function address(type, params = {}) {
  const given = Object.entries(params).filter(([, value]) => value !== undefined);
  return (type[0] === '/' ? type : `/queries/${type}`) + (given.length ? `?${new URLSearchParams(given)}` : '');
}

// HTML standard, 9.2.6. A comment comes out as an empty object, as a sign of life.
export async function* parseEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const stop = () => reader.cancel().catch(() => {});
  let event = {};
  let rest = '';
  try {
    for (;;) {
      const timer = setTimeout(stop, silence);
      const { done, value: part } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      // A CR at the end may be half of a CRLF.
      const lines = (rest + part).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const line of lines) {
        const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
        if (!line) {
          yield event;
          event = {};
        } else if (!name) yield {};
        else if (name === 'data') event.data = 'data' in event ? `${event.data}\n${value}` : value;
        else if (name === 'event' || (name === 'id' && !value.includes('\0'))) event[name] = value;
        else if (name === 'retry') event.retry = +value;
      }
    }
  } finally {
    stop();
  }
}

// One stream for all tabs: the tab that holds the lock reads it and tells the others.
// Without Web Locks or BroadcastChannel each tab reads its own.
class Feed {
  #ended = new AbortController();
  #turn = this.#ended;
  #retry = 500;

  constructor(open, name, shared, take) {
    Object.assign(this, { open, name, take });
    if (!shared || !globalThis.navigator?.locks || !globalThis.BroadcastChannel) {
      this.#read(this.#ended.signal);
      return;
    }
    const me = unique();
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = ({ data }) => {
      const { isOpen, id, event } = this;
      if (!data.hello) (data.to ?? me) === me && this.#hear(data);
      else if (this.leads) this.channel.postMessage({ isOpen, id, event, to: data.hello });
    };
    this.channel.postMessage({ hello: me });
    this.#lead();
  }

  close() {
    this.#ended.abort();
    this.#turn.abort();
    this.channel?.close();
    clearTimeout(this.watch);
  }

  #lead(steal) {
    const turn = new AbortController();
    const { signal } = turn;
    if (steal) this.#turn.abort();
    this.#turn = turn;
    navigator.locks
      .request(this.name, steal ? { steal } : { signal }, () => this.#read(signal))
      // Another tab took the lock while this one was frozen.
      .catch(() => turn === this.#turn && !this.#ended.signal.aborted && (turn.abort(), this.#lead()));
    this.#expect();
  }

  // A tab that the browser has frozen keeps the lock and says nothing.
  #expect() {
    clearTimeout(this.watch);
    if (this.channel) this.watch = setTimeout(() => this.leads || this.#lead(true), silence);
  }

  #hear(message) {
    const { event, id = event?.id, isOpen = this.isOpen } = message;
    if (id) this.id = id;
    this.isOpen = isOpen;
    if (event?.event === 'result') this.event = event;
    this.#expect();
    this.take(message);
  }

  #tell(message) {
    this.channel?.postMessage(message);
    this.#hear(message);
  }

  async #read(signal) {
    this.leads = true;
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        const headers = { accept: 'text/event-stream', ...(this.id && { 'last-event-id': this.id }) };
        const response = await this.open({ headers, cache: 'no-store', signal });
        const { status } = response;
        if (status === 204) break;
        if (/event-stream/.test(response.headers.get('content-type'))) {
          this.#tell({ isOpen: true, resumed: !!this.id });
          tries = 0;
          for await (const event of parseEvents(response.body)) {
            if (signal.aborted) break;
            this.#retry = event.retry || this.#retry;
            // An id may come alone.
            this.#tell(event.data ? { event } : { id: event.id });
          }
        } else {
          this.#tell({ isOpen: false, error: problemOf(response, await response.json().catch(() => null)) });
          if (status < 500 && status !== 429) break;
        }
      } catch {
        // The next try tells.
      }
      if (signal.aborted) break;
      this.#tell({ isOpen: false });
      await pause(Math.min(this.#retry * 2 ** tries, 8000) * (0.5 + Math.random() / 2), signal).catch(() => {});
    }
    this.leads = !signal.aborted;
  }
}

export class Tidings extends EventTarget {
  #options;
  #events;
  #feeds = new Set();
  #waiting = new Map();
  #recent = new Map();
  #timer;
  #ticks = 0;

  constructor({ base = '', session, leader = true, fetch = (...x) => globalThis.fetch(...x) } = {}) {
    super();
    this.#options = { base, session, leader, fetch };
  }

  connect() {
    this.#events ??= this.#feed('/events', (x) => this.#onMessage(x));
    return this;
  }

  close() {
    for (const feed of this.#feeds) feed.close();
    for (const [, { reject }] of this.#waiting) reject(new TidingsError({ code: 'closed' }));
    this.#waiting.clear();
    clearTimeout(this.#timer);
  }

  async command(type, payload, { wait, idempotencyKey = unique(), signal, headers, retries = 4 } = {}) {
    const init = { method: 'POST', body: JSON.stringify(payload), signal };
    const key = idempotencyKey && { 'idempotency-key': idempotencyKey };
    init.headers = { 'content-type': 'application/json', ...preference(wait), ...key, ...headers };
    for (let tries = 0; ; tries += 1) {
      let failure;
      try {
        const { response, body: outcome } = await this.#ask(`/commands/${type}`, init);
        const { command_id: id, status } = outcome;
        if (id && status === 'pending') return { pending: outcome, settled: this.settled(id, { signal }), response };
        if (id) return { outcome, response };
        failure = refusal(response, outcome);
      } catch (lost) {
        failure = lost;
      }
      const passing = [0, 429, 503].includes(failure.status) && failure.code !== 'no_handler';
      // Only with a key is a repeat the same command.
      if (!passing || !idempotencyKey || tries >= retries) throw failure;
      await pause(Math.min(250 * 2 ** tries, 8000), signal);
    }
  }

  settled(id, { signal } = {}) {
    this.connect();
    const known = this.#recent.get(id);
    let entry = known ? { promise: known } : this.#waiting.get(id);
    if (!entry) {
      entry = { misses: 0 };
      entry.promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
      this.#waiting.set(id, entry);
      this.#poll();
    }
    const settled = Promise.race([entry.promise, aborted(signal)]);
    // Nobody has to look at it.
    settled.catch(() => {});
    return settled;
  }

  async query(type, params, { after, wait, signal, headers } = {}) {
    const visible = after && { 'after-command': after };
    const init = { signal, headers: { ...visible, ...preference(wait), ...headers } };
    const { response, body } = await this.#ask(address(type, params), init);
    if (!response.ok) throw refusal(response, body);
    return body;
  }

  live(type, params, onResult, onError = () => {}) {
    const feed = this.#feed(address(type, params), ({ event, error }) => {
      if (event) onResult(JSON.parse(event.data));
      if (error) onError(new TidingsError(error));
    });
    return () => (feed.close(), this.#feeds.delete(feed));
  }

  #request(path, { headers, ...init } = {}) {
    const { base, session, fetch } = this.#options;
    return fetch(base + path, { ...init, headers: { ...(session && { 'tidings-session': session }), ...headers } });
  }

  async #ask(path, init) {
    try {
      const response = await this.#request(path, init);
      return { response, body: await response.json() };
    } catch {
      init.signal?.throwIfAborted();
      throw new TidingsError({ code: 'network', detail: 'the server cannot be reached' });
    }
  }

  #feed(path, take) {
    const { base, session, leader } = this.#options;
    const feed = new Feed((init) => this.#request(path, init), `tidings ${base} ${session} ${path}`, leader, take);
    this.#feeds.add(feed);
    return feed;
  }

  #say(type, detail) {
    this.dispatchEvent(Object.assign(new Event(type), { detail }));
  }

  #onMessage({ isOpen, resumed, event }) {
    if (isOpen !== undefined) this.#say('state', isOpen ? 'open' : 'closed');
    const gap = event?.event === 'gap';
    if (gap || event?.event === 'progress') this.#say(event.event, JSON.parse(event.data));
    else if (event) this.#learn(JSON.parse(event.data));
    // What a resumed stream has missed comes by itself; the rest is asked for.
    if (gap || (isOpen && !resumed)) this.#check();
    else if (isOpen === false) this.#poll();
  }

  #learn(outcome) {
    const id = outcome.command_id;
    if (this.#recent.has(id)) return;
    this.#say('outcome', outcome);
    if (outcome.status === 'pending') return;
    this.#recent.set(id, outcome);
    if (this.#recent.size > 2000) this.#recent.delete(this.#recent.keys().next().value);
    this.#waiting.get(id)?.resolve(outcome);
    this.#waiting.delete(id);
  }

  // Each second without a stream; with one now and then, since it may be another session's.
  #poll() {
    if (!this.#waiting.size) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      if (!this.#events.isOpen || ++this.#ticks % 15 === 0) this.#check();
      else this.#poll();
    }, 1000);
  }

  async #check() {
    for (const [id, entry] of [...this.#waiting]) {
      try {
        const { response, body } = await this.#ask(`/commands/${id}`, { cache: 'no-store' });
        if (response.status !== 404) body.success !== null && body.command_id && this.#learn(body);
        // Another instance may hear of a command a moment later.
        else if (++entry.misses > 3) entry.reject(refusal(response, body)), this.#waiting.delete(id);
      } catch {
        break;
      }
    }
    this.#poll();
  }
}
