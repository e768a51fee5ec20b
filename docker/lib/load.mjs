// SPDX-License-Identifier: MIT
// Commands through nginx by the browser's client, and a ledger of what was promised.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { town } from '../../tests/integration/lib/contract.mjs';
import { eventually, timely } from '../../tests/integration/lib/wait.mjs';
import { Tidings } from '../../web/client/tidings.js';

export class Load {
  accepted = new Map(); // document id -> {id: of the command, outcome: undefined for 202, settled: its promise}
  refused = []; // what the client gave up on
  #going = true;
  #sent = 0;

  constructor(origin, workers) {
    Object.assign(this, { origin, session: randomUUID() });
    this.client = new Tidings({ base: origin, session: this.session }).connect();
    this.loops = Array.from({ length: workers }, () => this.#work());
  }

  async #work() {
    while (this.#going) {
      const id = `town-${(this.#sent += 1)}`;
      // Every other one waits in the response; the rest get 202 and are told by event.
      const wait = this.#sent % 2 ? 5 : undefined;
      try {
        const { outcome, pending, settled } = await this.client.command('CreateLocation', town(id, { id }), { wait, retries: 10 });
        this.accepted.set(id, { id: (outcome ?? pending).command_id, outcome, settled });
      } catch (error) {
        this.refused.push(`${id}: ${error.code} ${error.message}`);
      }
    }
  }

  /** Waits until `count` more commands are accepted, and whatever is accepted by then is completed. */
  async progress(count, { deadline = 60_000 } = {}) {
    const target = this.accepted.size + count;
    await eventually(`${count} more commands are accepted`, () => this.accepted.size >= target, { deadline });
    try {
      await timely('their outcomes', Promise.all([...this.accepted.values()].map(({ settled }) => settled)), deadline);
    } catch (error) {
      throw new Error(`${error.message}; ${await this.#unsettled()}`);
    }
  }

  /** What a report needs of the commands that nobody was told of. */
  async #unsettled() {
    const late = [];
    for (const { id, settled } of this.accepted.values()) if ((await Promise.race([settled, undefined])) === undefined && settled) late.push(id);
    const first = await fetch(`${this.origin}/commands/${late[0]}`, { headers: { 'tidings-session': this.session } });
    return `${late.length} of ${this.accepted.size} are not told, and of ${late[0]} is said: ${await first.text()}`;
  }

  async stop() {
    this.#going = false;
    await Promise.all(this.loops);
  }

  /**
   * Every command that was answered with 200 or 202 is completed, as it was told, and its document is there. When a server of a cluster
   * dies, a command may be told a second time: with the same content, later.
   */
  async audit() {
    for (const [key, { id, outcome, settled }] of this.accepted) {
      const told = outcome ?? (await timely(`the outcome of ${id}`, settled, 30_000));
      assert.equal(told.status, 'completed', JSON.stringify(told));
      assert.equal(told.key, key);
      const response = await fetch(`${this.origin}/commands/${id}`, { headers: { 'tidings-session': this.session } });
      assert.deepEqual({ ...(await response.json()), timestamp: told.timestamp }, told);
      const { payload } = await this.client.query(`/locations/${key}`);
      assert.deepEqual(payload, told.payload);
    }
  }

  close() {
    this.#going = false;
    this.client.close();
  }
}
