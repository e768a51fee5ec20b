// SPDX-License-Identifier: MIT
// A model whose commands are decided by a service elsewhere, and services that answer types no model declares.
import { headers, StringCodec } from 'nats';

const text = StringCodec();
const handled = (type, timeout) => ({ effect: 'replace', handler: { subject: `rules.${type}`, timeout_ms: timeout } });

export const orders = JSON.stringify({
  service: 'orders', bucket: 'orders', key: 'id', noun: 'Order',
  commands: {
    Decide: handled('decide', 2000),
    Bury: handled('bury', 100),
  },
  queries: {
    GetOrder: { effect: 'get', schema: { type: 'object', properties: { id: { $ref: '#/definitions/id' }, more: { type: 'string', minLength: 1 } }, definitions: { id: { type: 'string', minLength: 1 } } } },
  },
  routes: { 'PUT /orders/{id}': 'Decide', 'GET /orders/{id}': 'GetOrder' },
});

const reply = (msg, more) => msg.respond(text.encode(JSON.stringify({
  success: true, timestamp: new Date().toISOString(), payload: null, error: null, ...more,
})));
const refusal = (error, code) => ({ success: false, error, ...(code && { code }) });

/** What `payload.mode` asks a service elsewhere to answer. */
const modes = {
  completed: { success: true, payload: { done: true } },
  pending: { success: null },
  conflict: refusal('there is one', 'conflict'),
  revision: refusal('it has changed', 'revision_mismatch'),
  rejected: refusal('not like this'),
  buried: refusal('gave up', 'dead_lettered'),
};

/** Handlers for `orders`, and answers to `commands.Elsewhere` and `queries.Elsewhere`. */
export async function serveOrders(connection) {
  const on = (subject, answer) => connection.subscribe(subject, { callback: (error, msg) => answer(JSON.parse(text.decode(msg.data)), msg) });
  const decide = (request, msg) => {
    const more = headers();
    more.set('Tidings-Extend-Ms', '2000');
    msg.respond(text.encode(JSON.stringify({ progress: 'reading' })), { headers: more });
    const id = { command_id: request.command_id };
    if (request.payload.conflict) reply(msg, { ...id, ...refusal('There is one already', 'conflict') });
    else reply(msg, { ...id, payload: request.payload });
  };
  on('rules.decide', decide);
  on('rules.bury', (request, msg) => request.payload.bury || decide(request, msg)); // or takes the question and crashes
  for (const [subject, field] of [['commands.Elsewhere', 'command_id'], ['queries.Elsewhere', 'query_id']])
    on(subject, (request, msg) => {
      const { mode } = request.payload;
      if (mode === 'silent') return;
      if (mode === 'garbage') msg.respond(text.encode('not an envelope'));
      else reply(msg, { [field]: request[field], ...modes[mode] });
    });
  await connection.flush();
}

/** Stands in for a reactor and gives every command up: real ones need minutes of trouble for that. */
export async function buryEverything(connection) {
  connection.subscribe('commands.*.*.*', { callback: (error, msg) => {
    const { command_type: type, command_id: id } = JSON.parse(text.decode(msg.data));
    const told = headers();
    told.set('Tidings-Status', 'failed');
    told.set('Tidings-Code', 'dead_lettered');
    connection.publish(`notifications.${msg.headers.get('Tidings-Owner')}.${id}`, text.encode(JSON.stringify({
      success: false, command_id: id, timestamp: new Date().toISOString(), payload: null, error: 'gave up', command_type: type,
      status: 'failed', stage: 'accepted', code: 'dead_lettered', key: null, revision: null, actions: [],
      links: { self: `/commands/${id}`, events: `/commands/${id}/events` },
    })), { headers: told });
  } });
  await connection.flush();
}
