// SPDX-License-Identifier: MIT
// One client, one command at a time. What it does not know it asks again with the same key, as the documents advise.
import { Client } from '../../integration/lib/http.mjs';
import { headers, StringCodec } from '../../integration/lib/nats.mjs';
import { pause } from '../../integration/lib/wait.mjs';
import { ofBus, ofBusError, ofHttp, ofHttpError } from './answers.mjs';

const text = StringCodec();
const patience = 8_000; // milliseconds for one answer, above publish deadline and wait
const window = 100_000; // milliseconds within which an id may be repeated; the stream remembers for 120 s

export class ChaosClient {
  #stopped = false;
  #loop;

  /** @param send (command, attempt) => claim, see answers.mjs. */
  constructor({ name, owner, random, workload, history, send, think = [10, 80] }) {
    Object.assign(this, { name, owner, random, workload, history, send, think });
  }

  start() {
    this.#loop = this.#run();
  }

  /** No new command; resolves once the last one is as clear as it gets. */
  stop() {
    this.#stopped = true;
    return this.#loop;
  }

  async #run() {
    while (!this.#stopped) {
      await this.#command(this.workload.next());
      await pause(this.random.between(...this.think));
    }
  }

  async #command(command) {
    const { name: client, owner, history, random } = this;
    const begun = performance.now();
    // Some never come back to what they do not know, and without a key nobody may.
    const insists = command.keyed && random.chance(0.85);
    for (let attempt = 1; ; attempt += 1) {
      const { t: asked } = history.add({ what: 'invoke', client, owner, ...command, attempt });
      const claim = await this.send(command, attempt);
      history.add({ what: 'answer', client, op: command.op, attempt, asked, ...claim });
      const again = claim.result === 'unknown' ? insists : claim.result === 'refused' && random.chance(0.4);
      if (!again || performance.now() - begun > window) return;
      await pause(random.between(50, 300));
    }
  }
}

/** Sends over HTTP to one gateway after the other; waits `wait` seconds for the outcome, or not at all. */
export function httpSender({ origins, session, random, wait }) {
  const clients = origins.map((origin) => new Client(origin, { connections: 4 }));
  const send = async ({ op, type, payload, keyed }) => {
    try {
      const more = { headers: { 'tidings-session': session, ...(keyed && { 'idempotency-key': op }), ...(wait && { prefer: `wait=${wait}` }) } };
      return ofHttp(await random.pick(clients).request('POST', `/commands/${type}`, { ...more, body: payload, timeout: patience }));
    } catch (error) {
      return ofHttpError(error);
    }
  };
  return { send, close: () => clients.forEach((client) => client.close()) };
}

/** Sends over the bus; the outcome is everybody's who knows the id. */
export function busSender({ connection, random }) {
  const ids = new Map();
  const send = async ({ op, type, payload }, attempt) => {
    if (attempt === 1) ids.clear(); // one command at a time
    if (!ids.has(op)) ids.set(op, `cmd-${random.uuid()}`);
    const envelope = { command_type: type, command_id: ids.get(op), service_id: 'chaos', timestamp: new Date().toISOString(), payload };
    const more = headers();
    more.set('Tidings-Timeout-Ms', '2000');
    try {
      const answer = await connection.request(`commands.${type}`, text.encode(JSON.stringify(envelope)), { timeout: patience, headers: more });
      return ofBus(text.decode(answer.data));
    } catch (error) {
      return ofBusError(error);
    }
  };
  return { send, close: () => {} };
}
