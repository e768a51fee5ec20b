// SPDX-License-Identifier: MIT
// A command's way through NATS, the same as Tidings': everything is pipelined, nothing is awaited that need not be.
import { jetstream } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { ReadModel } from './read_model.mjs';
import { durable, makeStreams } from './streams.mjs';

const partitions = 16;

function partitionOf(key) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193) >>> 0;
  return hash % partitions;
}

function withHeaders(fields) {
  const result = headers();
  for (const [name, value] of Object.entries(fields)) result.set(name, value);
  return result;
}

export class Pipeline {
  readModel = new ReadModel();
  #waiters = new Map(); // command id -> what to call with the outcome
  #owners = new Map(); // owner -> set of listeners
  #lanes = new Map(); // key -> the end of the last command of that key

  static async start(url) {
    const pipeline = new Pipeline();
    pipeline.connection = await connect({ servers: url, name: 'node-gateway' });
    await makeStreams(pipeline.connection);
    pipeline.js = jetstream(pipeline.connection);
    await pipeline.#follow('KV_locations', (message) => pipeline.#onEntry(message));
    await pipeline.#follow('NOTIFICATIONS', (message) => pipeline.#onOutcome(message));
    const consumer = await pipeline.js.consumers.getPushConsumer('COMMANDS', durable);
    // A command that fails is delivered again when its time to acknowledge is over.
    await consumer.consume({
      callback: (message) => void pipeline.#handle(message).catch((error) => console.error(error)),
    });
    return pipeline;
  }

  async #follow(stream, callback) {
    const consumer = await this.js.consumers.getPushConsumer(stream);
    await consumer.consume({ callback });
  }

  /** Resolves once the stream has it. `told` is called with the outcome's text, whoever handles the command. */
  async submit({ id, type, owner, key, payload, told }) {
    if (told) this.#waiters.set(id, told); // before it is published: the outcome cannot slip by
    const envelope = { command_type: type, command_id: id, service_id: 'http', timestamp: new Date().toISOString(), payload };
    try {
      await this.js.publish(`commands.${partitionOf(key)}.${type}.${id}`, JSON.stringify(envelope), {
        msgID: id,
        headers: withHeaders({ 'Tidings-Owner': owner, 'Tidings-Key': key }),
      });
    } catch (error) {
      this.#waiters.delete(id);
      throw error;
    }
  }

  forget(id) {
    this.#waiters.delete(id);
  }

  listen(owner, listener) {
    const listeners = this.#owners.get(owner) ?? new Set();
    this.#owners.set(owner, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** One key in order, keys side by side. */
  #handle(message) {
    const key = message.headers.get('Tidings-Key');
    const before = this.#lanes.get(key);
    const done = before ? before.then(() => this.#project(key, message)) : this.#project(key, message);
    this.#lanes.set(key, done);
    return done.finally(() => {
      if (this.#lanes.get(key) === done) this.#lanes.delete(key);
    });
  }

  async #project(key, message) {
    const command = message.json();
    const id = command.command_id;
    const document = { id: key, ...command.payload, created_at: command.timestamp };
    const text = JSON.stringify(document);
    const stored = await this.js.publish(`$KV.locations.${key}`, text, {
      headers: withHeaders({ 'Tidings-Command-Id': id, 'Tidings-Position': `1795541842273086272.${message.seq}` }),
      expect: { lastSubjectSequence: this.readModel.get(key)?.revision ?? 0 },
    });
    this.readModel.apply(key, stored.seq, text);
    const outcome = {
      success: true, command_id: id, timestamp: new Date().toISOString(), payload: document, error: null,
      command_type: command.command_type, status: 'completed', stage: 'projected', code: null, key, revision: stored.seq,
      actions: [{ type: 'redirect', data: `/locations/${key}` }],
      links: { self: `/commands/${id}`, events: `/commands/${id}/events` },
    };
    await this.js.publish(`notifications.${message.headers.get('Tidings-Owner')}.${id}`, JSON.stringify(outcome), {
      headers: withHeaders({ 'Tidings-Status': 'completed' }),
    });
    message.ack();
  }

  #onEntry(message) {
    this.readModel.apply(message.subject.slice('$KV.locations.'.length), message.seq, message.string());
  }

  #onOutcome(message) {
    const [, owner, id] = message.subject.split('.');
    const told = this.#waiters.get(id);
    const listeners = this.#owners.get(owner);
    if (!told && !listeners?.size) return;
    const text = message.string();
    if (told) {
      this.#waiters.delete(id);
      told(text);
    }
    if (listeners?.size) {
      const event = `id: ${message.seq}\nevent: completed\ndata: ${text}\n\n`;
      for (const listener of listeners) listener(event);
    }
  }
}
