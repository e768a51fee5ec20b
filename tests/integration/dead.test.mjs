// SPDX-License-Identifier: MIT
// `tidings dead`: commands that were given up are looked at, put back and executed again, or dropped.
import assert from 'node:assert/strict';
import { headers, nanos, StringCodec } from 'nats';
import { checkCompleted } from './lib/contract.mjs';
import { newSession, Stream } from './lib/streams.mjs';
import { freePort } from './lib/ports.mjs';
import { eventually, pause } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const text = StringCodec();
const handled = { effect: 'replace', handler: { subject: 'rules.parcel', timeout_ms: 100 } };
const model = JSON.stringify({
  service: 'parcels', bucket: 'parcels', key: 'id', noun: 'Parcel',
  commands: { Ship: handled, Weigh: handled }, queries: { GetParcel: { effect: 'get' } }, routes: {},
});

/** A service that decides over parcels, when it is up; notes what it was asked. */
async function parcels(world, url) {
  const connection = await world.spy(url);
  const service = { up: false, asked: [] };
  connection.subscribe('rules.parcel', { callback: (error, msg) => {
    const request = JSON.parse(text.decode(msg.data));
    if (!service.up) return;
    service.asked.push(request);
    msg.respond(text.encode(JSON.stringify({
      success: true, command_id: request.command_id, timestamp: new Date().toISOString(), payload: request.payload, error: null,
    })));
  } });
  await connection.flush();
  return service;
}

async function scene(world) {
  const nats = await world.natsServer();
  const serve = () => world.tidings({ nats: nats.url, models: [world.file('parcels.json', model)] });
  const service = await parcels(world, nats.url);
  const spy = await world.spy(nats.url);
  const dead = async (...args) => {
    const { child } = world.launch(['dead', ...args, '--nats', nats.url]);
    const end = await child.exited(20_000);
    return { code: end.code, out: child.stdout, err: child.stderr };
  };
  const done = async (...args) => {
    const run = await dead(...args);
    assert.equal(run.code, 0, run.err);
    return run.out;
  };
  const letters = async () => (await done('list', '--json')).split('\n').filter(Boolean).map((line) => JSON.parse(line));
  return { nats, serve, service, spy, jsm: await spy.jetstreamManager(), dead, done, letters };
}

/** Sends a command that is given up. */
async function giveUp(client, type, payload, options = {}) {
  const { json } = await client.command(type, payload, { wait: 20, ...options });
  assert.equal(json.code, 'dead_lettered', JSON.stringify(json));
  return json.command_id;
}

test('a dead letter is shown, retried once its cause is gone, and its new outcome reaches everybody', async (world) => {
  const { serve, service, spy, jsm, dead, done, letters } = await scene(world);
  const { client, origin } = await serve();
  const own = await newSession(client);
  const events = await Stream.open(origin, '/events', { session: own.session });
  world.adopt(events);
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  assert.equal(await done('list'), '');
  const sent = { key: 'parcel-1', headers: { ...own.headers, traceparent: trace } };
  const id = await giveUp(client, 'Ship', { id: 'p1', to: 'Falmouth' }, sent);

  await world.claim('list has a line for it', async () => {
    const out = await done('list', '--type', 'Ship');
    assert.match(out, new RegExp(`^\\d{4}-\\S+  Ship  ${id}  5  rules\\.parcel did not answer within 100ms[^\\n]*\\n$`));
    assert.equal(await done('list', '--type', 'Weigh'), '');
  });
  await world.claim('show has all of it', async () => {
    const out = await done('show', id);
    for (const part of [id, 'Ship', 'did not answer', 'COMMANDS 1', 'Tidings-Key: p1', 'Tidings-Digest: ', trace, '"to": "Falmouth"'])
      assert.ok(out.includes(part), `${part} in ${out}`);
    const document = JSON.parse(await done('show', id, '--json'));
    assert.equal(document.command.payload.to, 'Falmouth');
    assert.equal(document.retries, 0);
    assert.equal(document.command_sequence, 1);
  });
  await world.claim('retry executes it, and removes the letter', async () => {
    service.up = true;
    const out = await done('retry', id);
    assert.match(out, new RegExp(`^retried  Ship  ${id}  as COMMANDS 2\\n$`));
    await eventually('it is completed', async () =>
      (await client.get(`/commands/${id}`, { headers: own.headers })).json.status === 'completed');
    assert.equal((await client.query('GetParcel', { id: 'p1' })).json.payload.to, 'Falmouth');
    assert.deepEqual(await letters(), []);
  });
  await world.claim('the session hears of both outcomes, in order', async () => {
    await events.take(2);
    assert.deepEqual(events.events.map((x) => [x.event, JSON.parse(x.data).command_id]), [['failed', id], ['completed', id]]);
  });
  await world.claim('who comes back with the first outcome gets the second', async () => {
    const resumed = await Stream.open(origin, `/commands/${id}/events`, { session: own.session, lastEventId: events.events[0].id });
    assert.equal((await resumed.take(1))[0].event, 'completed');
    resumed.close();
  });
  await world.claim('the same Idempotency-Key has the new outcome', async () => {
    const again = await client.command('Ship', { id: 'p1', to: 'Falmouth' }, { wait: 5, ...sent });
    assert.equal(again.json.status, 'completed');
    assert.equal(service.asked.length, 1);
  });
  await world.claim('there is nothing left to retry', async () => {
    const again = await dead('retry', id);
    assert.equal(again.code, 1);
    assert.match(again.err, new RegExp(`there is no dead letter of ${id}`));
  });
  await world.claim('a letter that comes back late executes nothing twice', async () => {
    // As if `retry` had been killed before it could remove the letter, and the window of the stream had passed.
    await jsm.streams.update('COMMANDS', { duplicate_window: nanos(100) });
    const letter = await jsm.streams.getMessage('COMMANDS', { seq: 1 });
    const fields = headers();
    for (const [name, [value]] of letter.header) if (name !== 'Nats-Msg-Id') fields.set(name, value);
    for (const [name, value] of [['Reason', 'x'], ['Attempts', '5'], ['Subject', letter.subject], ['Sequence', '1'], ['Time', '2026-01-01T00:00:00Z']])
      fields.set(`Tidings-${name}`, value);
    await spy.jetstream().publish(`dead.Ship.${id}`, letter.data, { headers: fields });
    await pause(300); // The server's own window has to pass.
    assert.match(await done('retry', id), /as COMMANDS 3/);
    await settledUpTo(jsm, 3);
    assert.equal(service.asked.length, 1);
  });
});

/** Waits until the reactor has acknowledged everything up to this sequence. */
const settledUpTo = (jsm, sequence) => eventually(`COMMANDS ${sequence} is settled`, async () => {
  const [consumer] = await jsm.consumers.list('COMMANDS').next();
  return consumer.num_ack_pending === 0 && consumer.ack_floor.stream_seq >= sequence;
});

test('a retry that fails again is a dead letter again, and counts', async (world) => {
  const { serve, service, jsm, done, letters } = await scene(world);
  const first = await serve();
  const id = await giveUp(first.client, 'Ship', { id: 'p1' });
  await done('retry', id);
  const [letter] = await eventually('it is given up again', async () => {
    const found = await letters();
    return found.length === 1 && found[0].retries === 1 && found;
  });
  assert.equal(letter.command_sequence, 2);
  assert.equal((await first.client.get(`/commands/${id}`)).json.code, 'dead_lettered');

  await world.claim('after a restart nothing of it is executed by itself', async () => {
    await first.stop();
    service.up = true;
    const second = await serve();
    checkCompleted(await second.client.command('Ship', { id: 'p2' }, { wait: 10 }));
    assert.deepEqual(service.asked.map((x) => x.payload.id), ['p2']);
    assert.equal((await letters()).length, 1);
    await done('retry', id);
    checkCompleted(await eventually('it is completed', async () => {
      const answer = await second.client.get(`/commands/${id}`);
      return answer.json.status === 'completed' && answer;
    }));
    const stored = await jsm.streams.getMessage('COMMANDS', { last_by_subj: `commands.*.Ship.${id}` });
    assert.equal(stored.header.get('Tidings-Retry'), '2');
    assert.deepEqual(await letters(), []);
    await second.stop();
  });
  await world.claim('and after another one it is still done once', async () => {
    const third = await serve();
    checkCompleted(await third.client.command('Ship', { id: 'p3' }, { wait: 10 }));
    assert.deepEqual(service.asked.map((x) => x.payload.id), ['p2', 'p1', 'p3']);
  });
});

test('many letters: all of one type, in their order; and what is not wanted is dropped', async (world) => {
  const { serve, service, spy, dead, done, letters } = await scene(world);
  const { client } = await serve();
  const shipped = [];
  for (const n of [1, 2, 3]) shipped.push(await giveUp(client, 'Ship', { id: 'same', n }));
  const weighed = await giveUp(client, 'Weigh', { id: 'other' });
  await spy.jetstream().publish('commands.2.Mystery.cmd-mystery', 'not \u001b[31mJSON');
  await eventually('there are five', async () => (await letters()).length === 5);

  await world.claim('list stops at its limit and says so', async () => {
    const cut = await dead('list', '--limit', '2');
    assert.equal(cut.out.split('\n').length, 3);
    assert.match(cut.err, /there are more/);
  });
  await world.claim('what is no command does not steer the terminal', async () => {
    const out = await done('show', 'cmd-mystery');
    assert.match(out, /not \?\[31mJSON/);
    assert.equal(JSON.parse(await done('show', 'cmd-mystery', '--json')).text, 'not \u001b[31mJSON');
  });
  await world.claim('drop removes one', async () => {
    assert.match(await done('drop', 'cmd-mystery'), /dropped  Mystery  cmd-mystery/);
    assert.equal((await dead('drop', 'cmd-mystery')).code, 1);
    assert.equal((await letters()).length, 4);
  });
  await world.claim('retry --all puts back those of the type, the oldest first', async () => {
    service.up = true;
    assert.equal((await done('retry', '--all', '--type', 'Ship')).match(/retried/g).length, 3);
    for (const id of shipped) await eventually(`${id} is completed`, async () => (await client.get(`/commands/${id}`)).json.status === 'completed');
    assert.deepEqual(service.asked.map((x) => x.payload.n), [1, 2, 3]);
    assert.deepEqual((await letters()).map((x) => x.id), [weighed]);
  });
});

test('wrong usage, and nobody there', async (world) => {
  const { dead } = await scene(world);
  for (const args of [[], ['retry'], ['retry', '--all'], ['retry', 'cmd-1', '--all', '--type', 'Ship'], ['show'], ['drop', 'a.b'], ['list', '--type', '>'], ['list', '--limit', '0'], ['bury']])
    assert.equal((await dead(...args)).code, 2, args.join(' '));
  const empty = await dead('list');
  assert.equal(empty.code, 1);
  assert.match(empty.err, /stream not found; has Tidings run on this server/);
  const { child } = world.launch(['dead', 'list', '--nats', `nats://127.0.0.1:${await freePort()}`]);
  assert.equal((await child.exited(20_000)).code, 1);
  assert.match(child.stderr, /cannot connect/);
});
