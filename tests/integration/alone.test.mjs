// SPDX-License-Identifier: MIT
// What only one process writes, and often, nats-server need not deliver to it; nobody must notice but nats-server.
import assert from 'node:assert/strict';
import { checkCompleted, checkQuery, town } from './lib/contract.mjs';
import { newSession, Stream } from './lib/streams.mjs';
import { eventually, pause } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const encode = (document) => new TextEncoder().encode(JSON.stringify(document));

/** Some thousand commands a second until `stop`, which resolves to the outcomes. */
function load(client, headers, clients = 16) {
  const outcomes = [];
  let stopped = false;
  const one = async (nth) => {
    for (let n = 0; !stopped; n += 1, await pause(12)) outcomes.push(checkCompleted(await client.command('CreateLocation', town(`t-${nth}-${n}`), { wait: 10, headers })));
  };
  const all = Promise.all(Array.from({ length: clients }, (_, nth) => one(nth)));
  return {
    outcomes,
    async stop() {
      stopped = true;
      await all;
      return outcomes;
    },
  };
}

/** Whether the server delivers anything of this stream to anybody, but for the commands themselves. */
async function delivers(manager, stream) {
  for await (const consumer of manager.consumers.list(stream)) if (consumer.push_bound) return true;
  return false;
}

test('a process that alone writes has nothing delivered, and misses nothing', async (world) => {
  const nats = await world.natsServer();
  const { client, origin } = await world.tidings({ nats: nats.url });
  const spy = await world.spy(nats.url);
  const manager = await spy.jetstreamManager();
  const who = await newSession(client);
  const live = world.adopt(await Stream.open(origin, '/events', { session: who.session }));
  const start = await eventually('the stream has its place', () => live.position);
  const place = async (id) => checkQuery(await client.query('GetLocation', { id }));
  const put = (document) => spy.jetstream().publish(`$KV.locations.${document.id}`, encode(document));

  const both = ['NOTIFICATIONS', 'KV_locations'];
  for (const stream of both) assert.ok(await delivers(manager, stream), `${stream} is followed by deliveries at first`);

  const first = load(client, who.headers);
  for (const stream of both) await eventually(`${stream} is not delivered any more`, async () => !(await delivers(manager, stream)));

  await world.claim('what somebody else writes meanwhile is seen at once', async () => {
    await put({ id: 'theirs', name: 'Elsewhere' });
    await eventually('the entry', async () => (await place('theirs')).name === 'Elsewhere', { deadline: 1_000 });
  });

  const outcomes = await first.stop();
  await world.claim('every outcome was told on the stream, once and in order', async () => {
    await live.take(outcomes.length);
    assert.deepEqual(live.events.map(({ data }) => JSON.parse(data).command_id).sort(), outcomes.map((x) => x.command_id).sort());
    const ids = live.events.map(({ id }) => Number(id));
    assert.deepEqual(ids, [...ids].sort((a, b) => a - b));
  });

  await world.claim('whoever comes back is given the same', async () => {
    const again = world.adopt(await Stream.open(origin, '/events', { session: who.session, lastEventId: start }));
    await again.take(outcomes.length);
    const told = ({ id, event, data }) => ({ id, event, data });
    assert.deepEqual(again.events.map(told), live.events.map(told));
  });

  await world.claim('when it writes no more, all is delivered again', async () => {
    for (const stream of both) await eventually(`${stream} is delivered`, () => delivers(manager, stream), { deadline: 2_000 });
    await put({ id: 'theirs', name: 'Later' });
    await eventually('the entry', async () => (await place('theirs')).name === 'Later', { deadline: 1_000 });
  });
});

test('a process that joins one that was alone is told what its clients wait for, and the other way round', async (world) => {
  const nats = await world.natsServer();
  const busy = await world.tidings({ nats: nats.url });
  const manager = await (await world.spy(nats.url)).jetstreamManager();
  const who = await newSession(busy.client);
  const commands = load(busy.client, who.headers);
  await eventually('NOTIFICATIONS is not delivered any more', async () => !(await delivers(manager, 'NOTIFICATIONS')));

  const joined = await world.tidings({ nats: nats.url });
  for (let n = 0; n < 50; n += 1) {
    const { command_id: id, key } = checkCompleted(await joined.client.command('CreateLocation', town(`j-${n}`), { wait: 10 }));
    checkQuery(await joined.client.get(`/locations/${key}`, { headers: { 'after-command': id, prefer: 'wait=0' } }));
  }
  await commands.stop();
});
