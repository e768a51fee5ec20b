// SPDX-License-Identifier: MIT
// Keeps what the gateway promised under load, and checks it afterwards.
import assert from 'node:assert/strict';
import { checkCompleted, checkPending, checkProblem, checkQuery, town } from './contract.mjs';
import { eventually } from './wait.mjs';

export class Ledger {
  completed = new Map(); // document id -> the completed outcome's text
  pending = new Map(); // document id -> the pending outcome
  unknown = new Set(); // document ids whose 503 said "may or may not be stored"
  refused = new Set(); // document ids whose 503 said "certainly not stored"
  dropped = new Set(); // document ids whose connection ended without an answer
  #next = 0;

  constructor(prefix) {
    this.prefix = prefix;
  }

  get answered() {
    return this.completed.size + this.pending.size + this.unknown.size + this.refused.size;
  }

  /** Creates one location and notes the answer, which must be one of the honest ones. */
  async create(client, { wait }) {
    const id = `${this.prefix}-${(this.#next += 1)}`;
    let answer;
    try {
      answer = await client.command('CreateLocation', town(id, { id }), { wait });
    } catch (error) {
      this.dropped.add(id);
      return error;
    }
    if (answer.status === 200) {
      assert.equal(checkCompleted(answer, 'CreateLocation').key, id);
      this.completed.set(id, answer.text);
    } else if (answer.status === 202) {
      this.pending.set(id, checkPending(answer, 'CreateLocation'));
    } else {
      const { code } = checkProblem(answer, 503);
      if (code === 'outcome_unknown') this.unknown.add(id);
      else if (['unavailable', 'shutting_down', 'overloaded', 'backlog_full'].includes(code)) this.refused.add(id);
      else assert.fail(`an answer that is not honest: ${answer.text}`);
    }
    return answer;
  }

  /** Runs `workers` loops of create() until `stop` is called; failures of a check surface in stop(). */
  load(client, { workers, wait }) {
    let going = true;
    const loops = Array.from({ length: workers }, async () => {
      while (going) {
        const answer = await this.create(client, { wait });
        // Without this, a gateway that refuses at once would be hammered.
        if (answer instanceof Error || answer.status === 503) await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    return {
      stop: () => {
        going = false;
        return Promise.all(loops);
      },
    };
  }

  /** Every promise is kept, and nothing that was refused took effect. */
  async audit(client) {
    for (const [id, pending] of this.pending) {
      const done = await client.outcome(pending.command_id);
      assert.equal(checkCompleted(done, 'CreateLocation').key, id);
      this.completed.set(id, done.text);
    }
    for (const [id, text] of this.completed) {
      const outcome = JSON.parse(text);
      assert.deepEqual(checkQuery(await client.get(`/locations/${id}`)), outcome.payload);
      assert.equal((await client.get(`/commands/${outcome.command_id}`)).text, text);
    }
    for (const id of this.refused) assert.equal((await client.get(`/locations/${id}`)).status, 404, `${id} was refused and yet is there`);
  }

  /** The NOTIFICATIONS stream says at most one thing about each command. */
  async auditNotifications(spy) {
    const jsm = await spy.jetstreamManager();
    const { state } = await jsm.streams.info('NOTIFICATIONS');
    const told = new Map();
    if (state.messages > 0) {
      const consumer = await spy.jetstream().consumers.get('NOTIFICATIONS');
      const messages = await consumer.consume();
      for await (const message of messages) {
        const { status, payload, error, revision } = message.json();
        if (status !== 'pending') {
          const said = JSON.stringify({ status, payload, error, revision });
          assert.equal(told.get(message.subject) ?? said, said, message.subject);
          told.set(message.subject, said);
        }
        if (message.info.pending === 0) break;
      }
    }
    return told;
  }
}

/** Waits until the ledger has `count` more completed entries. */
export function progress(ledger, count) {
  const target = ledger.completed.size + count;
  return eventually(`${count} more commands complete`, () => ledger.completed.size >= target, { deadline: 20_000 });
}
