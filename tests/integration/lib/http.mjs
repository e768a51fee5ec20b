// SPDX-License-Identifier: MIT
import http from 'node:http';
import net from 'node:net';
import { eventually, within } from './wait.mjs';

/** Talks to one gateway over kept-alive connections. */
export class Client {
  /** @param connections The most it opens at a time. */
  constructor(origin, { connections = 256 } = {}) {
    this.origin = origin;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  }

  /**
   * @param body An object goes as JSON, a string or Buffer as it is.
   * @returns {Promise<{status, headers, text, json}>} `json` is undefined when the body is not JSON.
   */
  request(method, path, { headers = {}, body, timeout = 30_000 } = {}) {
    return new Promise((resolve, reject) => {
      const payload = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
      const fields = { ...headers };
      if (payload !== undefined) {
        fields['content-length'] ??= Buffer.byteLength(payload);
        if (!('content-type' in fields)) fields['content-type'] = 'application/json';
      }
      const request = http.request(this.origin + path, { method, headers: fields, agent: this.agent });
      request.setTimeout(within(timeout), () => request.destroy(new Error(`${method} ${path}: no answer`)));
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const answer = { status: response.statusCode, headers: response.headers, text, json: undefined };
          if (/json/.test(response.headers['content-type'] ?? '') && text) answer.json = JSON.parse(text);
          resolve(answer);
        });
      });
      request.end(payload);
    });
  }

  get(path, options) {
    return this.request('GET', path, options);
  }

  /** POSTs a command and, with `wait` seconds, stays for its outcome. */
  command(type, payload, { wait, key, headers = {} } = {}) {
    const fields = { ...headers };
    if (wait !== undefined) fields.prefer = `wait=${wait}`;
    if (key !== undefined) fields['idempotency-key'] = key;
    return this.request('POST', `/commands/${type}`, { body: payload, headers: fields });
  }

  query(type, payload) {
    return this.request('POST', `/queries/${type}`, { body: payload });
  }

  /** The status of readiness, or undefined when nobody answers. */
  async ready() {
    const answer = await this.get('/readyz', { timeout: 2_000 }).catch(() => undefined);
    return answer?.status;
  }

  waitReady(options) {
    return eventually('/readyz answers 200', async () => (await this.ready()) === 200, options);
  }

  /** Asks until the command is no longer pending. */
  outcome(id, options) {
    return eventually(`the outcome of ${id}`, async () => {
      const answer = await this.get(`/commands/${id}`);
      return answer.status === 200 && answer.json.status !== 'pending' && answer;
    }, options);
  }

  close() {
    this.agent.destroy();
  }
}

/** A socket for requests that no HTTP client would send. */
export class RawConnection {
  static async open(origin) {
    const { hostname, port } = new URL(origin);
    const raw = new RawConnection();
    raw.received = Buffer.alloc(0);
    raw.ended = false;
    raw.socket = net.connect(Number(port), hostname);
    await new Promise((resolve, reject) => raw.socket.once('connect', resolve).once('error', reject));
    raw.socket.on('data', (chunk) => (raw.received = Buffer.concat([raw.received, chunk])));
    raw.socket.on('close', () => (raw.ended = true));
    raw.socket.on('error', () => {});
    return raw;
  }

  write(text) {
    this.socket.write(text);
  }

  /** Takes `count` responses, in order; each has a Content-Length (`bodyless` for HEAD). */
  async responses(count, { bodyless = false, deadline } = {}) {
    const taken = [];
    await eventually(`${count} responses (have ${JSON.stringify(this.received.toString('latin1').slice(0, 300))})`, () => {
      for (;;) {
        if (taken.length === count) return true;
        const response = parse(this.received, bodyless);
        if (!response) return false;
        this.received = this.received.subarray(response.bytes);
        taken.push(response);
      }
    }, { deadline });
    return taken;
  }

  /** Waits until the server has closed the connection. */
  closed(options) {
    return eventually('the server closes the connection', () => this.ended, options);
  }

  destroy() {
    this.socket.destroy();
  }
}

function parse(buffer, bodyless) {
  const end = buffer.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line, ...fields] = buffer.subarray(0, end).toString('latin1').split('\r\n');
  const headers = {};
  for (const field of fields) {
    const colon = field.indexOf(':');
    headers[field.slice(0, colon).toLowerCase()] = field.slice(colon + 1).trim();
  }
  const length = bodyless ? 0 : Number(headers['content-length'] ?? 0);
  const bytes = end + 4 + length;
  if (buffer.length < bytes) return undefined;
  const text = buffer.subarray(end + 4, bytes).toString('utf8');
  const json = /json/.test(headers['content-type'] ?? '') && text ? JSON.parse(text) : undefined;
  return { status: Number(line.split(' ')[1]), line, headers, text, json, bytes };
}
