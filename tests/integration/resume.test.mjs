// SPDX-License-Identifier: MIT
// Whoever comes back gets exactly what was missed, or is told what cannot be given any more.
import assert from 'node:assert/strict';
import { checkPending, town } from './lib/contract.mjs';
import { eventSource, newSession, Stream } from './lib/streams.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const told = (stream) => stream.events.map(({ id, event, data }) => ({ id, event, data }));

/** Asks until the outcome is there; another reactor first has to take over. */
const settled = ({ client }, id, { headers }) =>
  eventually(`the outcome of ${id}`, async () => {
    const answer = await client.get(`/commands/${id}`, { headers: { ...headers, prefer: 'wait=5' } });
    return answer.json?.status === 'completed' && answer;
  }, { deadline: 90_000 });

/** `count` outcomes of one owner; others' outcomes lie between them. Returns the events as they came live. */
async function history(world, { client, origin }, who, count) {
  const other = await newSession(client);
  const live = world.adopt(await Stream.open(origin, '/events', { session: who.session }));
  await eventually('the stream has its place', () => live.position);
  const start = live.position;
  for (let done = 0; done < count; done += 20) {
    const batch = Array.from({ length: 20 }, (_, i) => client.command('CreateLocation', town(`h${done + i}`), { wait: 10, headers: who.headers }));
    batch.push(client.command('CreateLocation', town('foreign'), { wait: 10, headers: other.headers }));
    await Promise.all(batch);
  }
  await live.take(count);
  return { start, events: told(live) };
}

test('a reconnect at every position of a history gets exactly what was missed', async (world) => {
  const nats = await world.natsServer();
  const gateway = await world.tidings({ nats: nats.url });
  const { client, origin } = gateway;
  const who = await newSession(client);
  const { start, events } = await history(world, gateway, who, 200);
  assert.equal(new Set(events.map(({ id }) => id)).size, 200);

  await world.claim('from the beginning, from each event, and then live', async () => {
    const positions = [start, ...events.map(({ id }) => id)];
    const streams = [];
    for (let i = 0; i < positions.length; i += 25)
      streams.push(...(await Promise.all(positions.slice(i, i + 25).map((lastEventId) => Stream.open(origin, '/events', { session: who.session, lastEventId })))));
    for (const stream of streams) world.adopt(stream);
    for (const [i, stream] of streams.entries()) await stream.take(200 - i);
    // What follows shows that nothing else came in between.
    const marker = await client.command('CreateLocation', town('marker'), { wait: 10, headers: who.headers });
    for (const [i, stream] of streams.entries()) {
      await stream.take(201 - i);
      const got = told(stream);
      assert.deepEqual(got.slice(0, -1), events.slice(i), `from position ${positions[i]}`);
      assert.equal(got.at(-1).data, marker.text);
      stream.close();
    }
  });

  await world.claim('the header counts before the parameter, and the parameter without it', async () => {
    const [tenth, last] = [events[9].id, events[199].id];
    const path = `/events?last_event_id=${tenth}`;
    const both = world.adopt(await Stream.open(origin, path, { session: who.session, lastEventId: last }));
    const parameter = world.adopt(await Stream.open(origin, path, { session: who.session }));
    assert.equal((await parameter.take(191))[0].id, events[10].id);
    assert.equal(JSON.parse((await both.take(1))[0].data).payload.name, 'marker');
  });

  await world.claim('another owner gets nothing of it, from whatever position', async () => {
    const stranger = await newSession(client);
    const stream = world.adopt(await Stream.open(origin, '/events', { session: stranger.session, lastEventId: start }));
    const own = await client.command('CreateLocation', town('own'), { wait: 10, headers: stranger.headers });
    await stream.take(1);
    assert.deepEqual(stream.events.map(({ data }) => data), [own.text]);
  });

  await world.claim('a position nobody gave out is a gap, and the stream goes on', async () => {
    for (const lastEventId of ['999999999', 'abc', '-1', '1.5', '18446744073709551616', `${start}x`]) {
      const stream = world.adopt(await Stream.open(origin, '/events', { session: who.session, lastEventId }));
      const [gap] = await stream.take(1);
      assert.equal(gap.event, 'gap', lastEventId);
      const data = JSON.parse(gap.data);
      assert.equal(data.reason, 'unknown_position');
      assert.equal(data.last_event_id, lastEventId);
      assert.deepEqual(data.refetch, ['/queries/ListLocations']);
      const next = await client.command('CreateLocation', town('next'), { wait: 10, headers: who.headers });
      await stream.take(2);
      assert.equal(stream.events[1].data, next.text);
      stream.close();
      // The gap has a position of its own: whoever resumes from it is not told of it again.
      const again = world.adopt(await Stream.open(origin, '/events', { session: who.session, lastEventId: gap.id }));
      assert.equal((await again.take(1))[0].data, next.text);
      again.close();
    }
  });

  await world.claim('a position that is no longer kept is a gap, and what is kept follows', async () => {
    const spy = await world.spy(nats.url);
    const jsm = await spy.jetstreamManager();
    const kept = events.slice(150);
    await jsm.streams.purge('NOTIFICATIONS', { seq: Number(kept[0].id) });
    const stream = world.adopt(await Stream.open(origin, '/events', { session: who.session, lastEventId: events[5].id }));
    await stream.take(51);
    assert.equal(stream.events[0].event, 'gap');
    const data = JSON.parse(stream.events[0].data);
    assert.equal(data.reason, 'position_no_longer_kept');
    assert.equal(data.first_kept, Number(kept[0].id));
    assert.deepEqual(told(stream).slice(1, 51), kept);
    const whole = world.adopt(await Stream.open(origin, '/events', { session: who.session, lastEventId: String(Number(kept[0].id) - 1) }));
    await whole.take(50);
    assert.deepEqual(told(whole).slice(0, 50), kept, 'the last position before what is kept misses nothing');
  });
});

test('a stream that keeps breaking under load gets everything once and in order', async (world) => {
  const { client, origin } = await world.tidings();
  const who = await newSession(client);
  const seen = [];
  let lastEventId;
  let going = true;
  const reader = (async () => {
    for (let round = 0, last = false; !last; round += 1) {
      last = !going; // whatever was answered by now must come in this round
      const stream = await Stream.open(origin, '/events', { session: who.session, lastEventId });
      await eventually('a position', () => stream.position || !going); // without news there is none
      if (!last) await new Promise((resolve) => setTimeout(resolve, 5 + (round * 7) % 40));
      else await eventually('all of them', () => new Set([...seen, ...stream.events].map(({ data }) => data)).size >= 300);
      seen.push(...stream.events);
      lastEventId = stream.position ?? lastEventId;
      stream.close();
    }
  })();
  await eventually('the reader has its place', () => lastEventId);
  const answers = [];
  for (let i = 0; i < 300; i += 10)
    answers.push(...(await Promise.all(Array.from({ length: 10 }, (_, j) => client.command('CreateLocation', town(`l${i + j}`), { wait: 10, headers: who.headers })))));
  going = false;
  await reader;
  const ids = seen.map(({ id }) => Number(id));
  assert.deepEqual(ids, [...new Set(ids)].sort((a, b) => a - b));
  assert.deepEqual(new Set(seen.map(({ data }) => data)), new Set(answers.map(({ text }) => text)));
});

test('an EventSource comes back by itself after a restart and misses nothing', async (world) => {
  const nats = await world.natsServer();
  const first = await world.tidings({ nats: nats.url });
  const second = await world.tidings({ nats: nats.url, ready: false });
  const who = await newSession(first.client);
  const source = world.adopt(eventSource(`${first.origin}/events`, { session: who.session, origins: [first.origin, second.origin] }));
  await eventually('it is connected', () => source.opened === 1);
  const before = await first.client.command('CreateLocation', town('before'), { wait: 20, headers: who.headers });
  assert.equal(before.status, 200);
  await eventually('the first outcome', () => source.events.length === 1);
  await first.kill();
  const pending = await second.client.command('CreateLocation', town('after'), { headers: who.headers });
  checkPending(pending);
  const done = await settled(second, pending.json.command_id, who);
  await eventually('the second outcome', () => source.events.length >= 2, { deadline: 30_000 });
  assert.deepEqual(source.events.map(({ data }) => data), [before.text, done.text]);
});

test('Tidings is killed between publish and outcome; another instance tells the outcome', async (world) => {
  const nats = await world.natsServer();
  const first = await world.tidings({ nats: nats.url, args: ['--demo'] });
  const second = await world.tidings({ nats: nats.url, args: ['--demo'], ready: false });
  const who = await newSession(first.client);
  const stream = world.adopt(await Stream.open(second.origin, '/events', { session: who.session }));
  const pending = checkPending(await first.client.command('CreateLocation', town('orphan'), {
    headers: { ...who.headers, 'tidings-delay-ms': '3000' },
  }));
  await first.kill();
  const path = `/commands/${pending.command_id}`;
  const done = await settled(second, pending.command_id, who);
  assert.equal(done.json.payload.name, 'orphan');
  const [event] = await stream.take(1);
  assert.equal(event.data, done.text);
  const again = world.adopt(await Stream.open(second.origin, `${path}/events`, { session: who.session }));
  await again.end();
  assert.equal(again.events.at(-1).data, done.text);
  assert.equal((await second.client.get('/locations')).json.payload.items.length, 1);
});

test('two instances behind a round-robin are one', async (world) => {
  const nats = await world.natsServer();
  const both = [await world.tidings({ nats: nats.url }), await world.tidings({ nats: nats.url, ready: false })];
  const who = await newSession(both[0].client);
  const streams = [];
  for (const { origin } of both) streams.push(world.adopt(await Stream.open(origin, '/events', { session: who.session })));
  for (const stream of streams) await eventually('a place', () => stream.position);
  const sent = [];
  for (let i = 0; i < 40; i += 1)
    sent.push(both[i % 2].client.command('CreateLocation', town(`r${i}`), { wait: 20, headers: who.headers }));
  const answers = await Promise.all(sent);
  for (const stream of streams) await stream.take(40, { deadline: 60_000 });
  assert.deepEqual(told(streams[0]), told(streams[1]), 'ids and documents are the same on every instance');
  for (const answer of answers) {
    const { command_id: id } = answer.json;
    const event = streams[0].events.find(({ data }) => data.includes(id));
    if (answer.status === 200) assert.equal(event.data, answer.text);
    else checkPending(answer);
  }
  const tenth = streams[0].events[9].id;
  const resumed = world.adopt(await Stream.open(both[1].origin, '/events', { session: who.session, lastEventId: tenth }));
  await resumed.take(30);
  assert.deepEqual(told(resumed), told(streams[0]).slice(10));
});
