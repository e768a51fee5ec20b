// SPDX-License-Identifier: MIT
// What a service elsewhere makes of a command reaches those who follow it: progress, rejections, and that it was given up.
import assert from 'node:assert/strict';
import { headers as natsHeaders, StringCodec } from 'nats';
import { eventSource, newSession, ownerOf, Stream } from './lib/streams.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const text = StringCodec();
const evil = 'x\r\nid: 666\r\nevent: evil\r\n\r\ndata: y\n\nretry: 1\u2028end';
const safe = (stream) => {
  assert.ok(!stream.events.some(({ event, id }) => event === 'evil' || id === '666'));
  assert.ok(!/[\0\r]/.test(stream.text));
  assert.deepEqual(stream.errors, []);
};

/** A gateway and a reactor that share a NATS server, and a service that decides as `payload.mode` says. */
async function world_of_two(world) {
  const nats = await world.natsServer();
  const decided = (timeout) => ({ effect: 'replace', handler: { subject: `rules.decide`, timeout_ms: timeout } });
  const models = [world.file('orders.json', JSON.stringify({
    service: 'orders', bucket: 'orders', key: 'id', commands: { Decide: decided(2000), Quick: decided(100) }, queries: {}, routes: {},
  }))];
  const rules = await world.spy(nats.url);
  const answer = (msg, request, more) => msg.respond(text.encode(JSON.stringify({
    success: true, command_id: request.command_id, timestamp: new Date().toISOString(), payload: request.payload, error: null, ...more,
  })));
  const say = (msg, body) => {
    const more = natsHeaders();
    more.set('Tidings-Extend-Ms', '5000');
    msg.respond(text.encode(body), { headers: more });
  };
  const modes = {
    steps: async (msg, request) => {
      for (const percent of [10, 60]) {
        say(msg, JSON.stringify({ progress: { percent, note: evil } }));
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      // Looks like an answer, and is none.
      say(msg, JSON.stringify({ success: false, command_id: request.command_id, timestamp: 'x', payload: null, error: 'no', progress: { percent: 90 } }));
      setTimeout(() => answer(msg, request), 150);
    },
    nonsense: (msg, request) => (say(msg, 'no JSON'), setTimeout(() => answer(msg, request), 150)),
    refuse: (msg, request) => answer(msg, request, { success: false, payload: null, error: evil, code: 'evil_text' }),
    document: (msg, request) => answer(msg, request, { payload: { ...request.payload, [evil]: evil } }),
    silent: () => {},
  };
  rules.subscribe('rules.decide', { callback: (error, msg) => {
    const request = JSON.parse(text.decode(msg.data));
    modes[request.payload.mode](msg, request);
  } });
  await rules.flush();
  await world.tidings({ nats: nats.url, models, args: ['--roles', 'reactor'] });
  const gateway = await world.tidings({ nats: nats.url, models, args: ['--roles', 'gateway'] });
  return { ...gateway, nats };
}

test('progress is told live, and is no outcome', async (world) => {
  const { client, origin, nats } = await world_of_two(world);
  const own = await newSession(client);
  const other = await newSession(client);
  const all = world.adopt(await Stream.open(origin, '/events', { session: own.session }));
  const foreign = world.adopt(await Stream.open(origin, '/events', { session: other.session }));
  const pending = await client.command('Decide', { id: 'a', mode: 'steps' }, { headers: own.headers });
  assert.equal(pending.status, 202, pending.text);
  const path = `/commands/${pending.json.command_id}`;
  const one = world.adopt(await Stream.open(origin, `${path}/events`, { session: own.session }));
  const waited = client.get(path, { headers: { ...own.headers, prefer: 'wait=10' } });

  await world.claim('to the stream of the command, between pending and its outcome', async () => {
    await one.end();
    const kinds = one.events.map(({ event }) => event);
    assert.equal(kinds[0], 'pending');
    assert.equal(kinds.at(-1), 'completed');
    assert.ok(kinds.length > 2 && kinds.slice(1, -1).every((kind) => kind === 'progress'), kinds.join());
    const told = one.events.filter(({ event }) => event === 'progress');
    assert.ok(told.every(({ id }) => id === undefined), 'progress is no position');
    const last = JSON.parse(told.at(-1).data);
    assert.equal(last.status, 'pending');
    assert.equal(last.command_id, pending.json.command_id);
    assert.equal(last.progress.percent, 90);
    safe(one);
  });
  await world.claim('to all streams of its session, and to no other', async () => {
    await all.find('the outcome', ({ event }) => event === 'completed');
    assert.deepEqual(all.events.map(({ event, data }) => (event === 'progress' ? JSON.parse(data).progress.percent : event)), [10, 60, 90, 'completed']);
    assert.equal(JSON.parse(all.events[0].data).progress.note, evil);
    safe(all);
    assert.deepEqual(foreign.events, []);
  });
  await world.claim('whoever waits gets the outcome, not the progress', async () => {
    const answer = await waited;
    assert.equal(answer.json.status, 'completed', answer.text);
    assert.equal(answer.text, (await client.get(path, { headers: own.headers })).text);
  });
  await world.claim('it is kept nowhere', async () => {
    const again = world.adopt(await Stream.open(origin, '/events', { session: own.session, lastEventId: '0' }));
    await again.take(1);
    assert.deepEqual(again.events.map(({ event }) => event), ['completed']);
    const manager = await (await world.spy(nats.url)).jetstreamManager();
    assert.equal((await manager.streams.info('NOTIFICATIONS')).state.messages, 1);
  });
  await world.claim('what is none still asks for time', async () => {
    const done = await client.command('Quick', { id: 'q', mode: 'nonsense' }, { wait: 5, headers: own.headers });
    assert.equal(done.json.status, 'completed', done.text);
  });
});

test('a command that was given up is told to its owner, live and on replay', async (world) => {
  const { client, origin } = await world_of_two(world);
  const own = await newSession(client);
  const live = world.adopt(await Stream.open(origin, '/events', { session: own.session }));
  const source = world.adopt(eventSource(`${origin}/events`, { session: own.session }));
  const pending = await client.command('Quick', { id: 'd', mode: 'silent' }, { headers: own.headers });
  const id = pending.json.command_id;
  const one = world.adopt(await Stream.open(origin, `/commands/${id}/events`, { session: own.session }));
  const event = await live.find('the failure', ({ event: kind }) => kind === 'failed', { deadline: 30_000 });
  const told = JSON.parse(event.data);
  assert.equal(told.code, 'dead_lettered');
  assert.equal(told.command_id, id);
  assert.match(told.error, /rules\.decide did not answer within 100ms/);
  await eventually('a browser hears it', () => source.events.some(({ type, data }) => type === 'failed' && data === event.data));
  await one.end();
  assert.deepEqual(one.events.map(({ event: kind }) => kind), ['pending', 'failed']);
  assert.equal(one.events[1].data, event.data);
  const replayed = world.adopt(await Stream.open(origin, '/events', { session: own.session, lastEventId: String(Number(event.id) - 1) }));
  await replayed.take(1);
  assert.deepEqual([replayed.events[0].event, replayed.events[0].data], ['failed', event.data]);
  assert.equal((await client.get(`/commands/${id}`, { headers: own.headers })).text, event.data);
});

test('nothing that a handler says begins a field of its own', async (world) => {
  const { client, origin, nats } = await world_of_two(world);
  const own = await newSession(client);
  const stream = world.adopt(await Stream.open(origin, '/events', { session: own.session }));

  await world.claim('in the sentence of a rejection', async () => {
    const answer = await client.command('Decide', { id: 'r', mode: 'refuse' }, { wait: 5, headers: own.headers });
    assert.equal(answer.json.error, evil, answer.text);
    assert.equal((await stream.find('it', ({ event }) => event === 'failed')).data, answer.text);
  });
  await world.claim('in names and values of a document', async () => {
    const answer = await client.command('Decide', { id: 'n', mode: 'document' }, { wait: 5, headers: own.headers });
    assert.equal(answer.json.payload[evil], evil, answer.text);
    assert.equal((await stream.find('it', ({ event }) => event === 'completed')).data, answer.text);
  });
  await world.claim('in progress that somebody else published', async () => {
    const spy = await world.spy(nats.url);
    const owner = ownerOf(own.session);
    spy.publish(`progress.${owner}.cmd-x`, text.encode(`{"a":1}\r\nid: 666\r\n\r\nevent: evil\n\n{"b":2}\0`));
    const event = await stream.find('the forged progress', ({ data }) => data.includes('"b":2'));
    assert.equal(event.event, 'progress');
    assert.equal(event.id, undefined);
  });
  // NUL is allowed in data: no field but that one can be touched.
  assert.ok(!stream.events.some(({ event, id }) => event === 'evil' || id === '666'));
  assert.deepEqual(stream.errors, []);
});
