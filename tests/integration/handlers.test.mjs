// SPDX-License-Identifier: MIT
// A service elsewhere decides over a model's command (docs/handlers.md).
import assert from 'node:assert/strict';
import { headers, StringCodec } from 'nats';
import { test } from './lib/world.mjs';

const text = StringCodec();
const model = (type, timeout) => ({ effect: 'replace', handler: { subject: `rules.${type}`, timeout_ms: timeout } });

test('a handler elsewhere decides, takes its time, or fails', async (world) => {
  const nats = await world.natsServer();
  const commands = { Decide: model('decide', 2000), Slow: model('slow', 300), Dead: model('dead', 100) };
  const file = world.file('orders.json', JSON.stringify({ service: 'orders', bucket: 'orders', key: 'id', commands, queries: {}, routes: {} }));
  const { client } = await world.tidings({ nats: nats.url, models: [file] });
  const connection = await world.spy(nats.url);
  const serve = (subject, decide) => connection.subscribe(subject, { callback: (error, msg) => decide(JSON.parse(text.decode(msg.data)), msg) });
  const envelope = (request, more) => text.encode(JSON.stringify({
    success: true, command_id: request.command_id, timestamp: new Date().toISOString(), payload: { ...request.payload, seen: request.state }, error: null, ...more,
  }));
  serve('rules.decide', (request, msg) => msg.respond(request.payload.bad
    ? envelope(request, { success: false, payload: null, error: 'Not paid yet', code: 'not_paid' })
    : envelope(request)));
  serve('rules.slow', (request, msg) => {
    const more = headers();
    more.set('Tidings-Extend-Ms', '5000');
    msg.respond(undefined, { headers: more });
    setTimeout(() => msg.respond(envelope(request)), 900);
  });
  let asked = 0;
  serve('rules.dead', () => (asked += 1)); // takes the question and crashes
  await connection.flush();

  await world.claim('its document is stored, and it gets the current one', async () => {
    const first = await client.command('Decide', { id: 'a' }, { wait: 5 });
    assert.equal(first.json.payload.seen, null);
    const second = await client.command('Decide', { id: 'a' }, { wait: 5 });
    assert.equal(second.json.payload.seen.id, 'a');
  });
  await world.claim('its rejection reaches the caller', async () => {
    const refused = await client.command('Decide', { id: 'a', bad: true }, { wait: 5 });
    assert.equal(refused.status, 422, refused.text);
    assert.equal(refused.json.code, 'not_paid');
    assert.equal(refused.json.error, 'Not paid yet');
  });
  await world.claim('it may ask for more time', async () => {
    const done = await client.command('Slow', { id: 's' }, { wait: 5 });
    assert.equal(done.json.status, 'completed', done.text);
  });
  await world.claim('one that never answers is asked five times, and the caller is told', async () => {
    const given_up = await client.command('Dead', { id: 'd' }, { wait: 20 });
    assert.equal(given_up.json.status, 'failed', given_up.text);
    assert.equal(given_up.json.code, 'dead_lettered');
    assert.match(given_up.json.error, /rules\.dead did not answer within 100ms/);
    assert.equal(asked, 5);
  });
});
