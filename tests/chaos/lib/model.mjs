// SPDX-License-Identifier: MIT
// What the clients do, in two models in which everything done twice, out of order or not at all can be seen:
// a ledger that a service elsewhere appends to, and notes that Tidings decides about by itself.
// Beside each model stands what it means, so that the checker can compute every outcome from the stream alone.
import { StringCodec } from '../../integration/lib/nats.mjs';

const id = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' };
const op = { type: 'string', minLength: 1 };
const schema = (more = {}) => ({ type: 'object', required: ['id', 'op'], properties: { id, op, ...more }, additionalProperties: false });

/** Bytes that make a slow consumer slow sooner. */
export const padding = 'x'.repeat(600);

export const ledgers = {
  service: 'ledgers', bucket: 'ledgers', key: 'id', noun: 'Ledger',
  commands: {
    Append: {
      effect: 'replace', schema: schema({ refuse: { type: 'boolean' } }),
      // Longer than a fault lasts: an outage of NATS must not look like a handler that gave up.
      handler: { subject: 'rules.append', timeout_ms: 4000 },
    },
  },
  queries: { GetLedger: { effect: 'get' } },
  routes: { 'GET /ledgers/{id}': 'GetLedger' },
};

export const notes = {
  service: 'notes', bucket: 'notes', key: 'id', noun: 'Note',
  commands: {
    CreateNote: { effect: 'create', schema: schema({ created_at: { type: 'string' }, text: { type: 'string' } }) },
    ReplaceNote: { effect: 'replace', schema: schema({ text: { type: 'string' } }) },
    StampNote: { effect: 'merge', schema: schema({ stamps: { type: 'object' } }) },
    RemoveNote: { effect: 'delete', schema: schema() },
  },
  queries: { GetNote: { effect: 'get' } },
  routes: { 'GET /notes/{id}': 'GetNote' },
};

export const bucketOf = (type) => (type === 'Append' ? 'ledgers' : 'notes');
export const queryOf = { ledgers: 'GetLedger', notes: 'GetNote' };

/** Decides as the handler does: {document} or {rejected}. */
export function append(payload, state) {
  if (payload.refuse) return { rejected: 'refused, as it asked for' };
  return { document: { id: payload.id, log: [...(state?.log ?? []), payload.op] } };
}

/** The meaning of every command: {document: new or null} or {rejected}. */
export const meaning = {
  Append: append,
  CreateNote: (payload, state) => (state ? { rejected: 'there is one' } : { document: payload }),
  ReplaceNote: (payload) => ({ document: payload }),
  StampNote: (payload, state) =>
    state ? { document: { ...state, ...payload, stamps: { ...state.stamps, ...payload.stamps } } } : { rejected: 'there is none' },
  RemoveNote: (payload, state) => (state ? { document: null } : { rejected: 'there is none' }),
};

/** Answers `rules.append` until the connection closes. `pace` may hold an answer back (milliseconds). */
export function serveLedgers(connection, pace) {
  const text = StringCodec();
  return connection.subscribe('rules.append', {
    queue: 'rules',
    callback: (error, msg) => {
      if (error) return;
      const { command_id, payload, state } = JSON.parse(text.decode(msg.data));
      const { document, rejected } = append(payload, state);
      const answer = JSON.stringify({
        success: !rejected, command_id, timestamp: new Date().toISOString(), payload: document ?? null, error: rejected ?? null,
      });
      setTimeout(() => msg.respond(text.encode(answer)), pace());
    },
  });
}

/** One client's next commands. Keys are shared, and are left behind before their ledgers grow long. */
export class Workload {
  #random;
  #name;
  #count = 0;

  /** @param alwaysKeyed Whether every command has an id of the client's own, or only most of them. */
  constructor(name, random, { alwaysKeyed, keys = 8, generation = 60 } = {}) {
    this.alwaysKeyed = alwaysKeyed;
    this.#name = name;
    this.#random = random;
    this.keys = keys;
    this.generation = generation;
  }

  next() {
    const random = this.#random;
    const n = (this.#count += 1);
    const name = `${this.#name}-${n}`;
    const key = `k${random.below(this.keys)}-${Math.floor(n / this.generation)}`;
    const type = random.weighted([
      { type: 'Append', weight: 6 }, { type: 'CreateNote', weight: 1 }, { type: 'ReplaceNote', weight: 2 },
      { type: 'StampNote', weight: 2 }, { type: 'RemoveNote', weight: 1 },
    ]).type;
    const payload = { id: key, op: name };
    if (type === 'Append' && random.chance(0.05)) payload.refuse = true;
    if (type === 'CreateNote') payload.created_at = '2026-01-01T00:00:00Z';
    if (type === 'CreateNote' || type === 'ReplaceNote') payload.text = padding;
    if (type === 'StampNote') payload.stamps = { [this.#name]: n };
    return { op: name, type, payload, keyed: this.alwaysKeyed || random.chance(0.7) };
  }
}
