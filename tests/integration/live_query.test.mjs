// SPDX-License-Identifier: MIT
// A query's answer now, and again at each change.
import assert from 'node:assert/strict';
import { checkCompleted, town } from './lib/contract.mjs';
import { eventSource, Stream } from './lib/streams.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const answers = (stream) => stream.events.map(({ data }) => JSON.parse(data));
const names = (answer) => answer.payload.items.map((item) => item.name).sort();
const last = (stream) => answers(stream).at(-1);

test('a live list and a live get', async (world) => {
  const { client, origin } = await world.tidings();
  const send = async (type, payload) => checkCompleted(await client.command(type, payload, { wait: 5 }), type);
  const list = world.adopt(await Stream.open(origin, '/queries/ListLocations'));

  await world.claim('the answer comes at once, as the query itself would give it', async () => {
    const [event] = await list.take(1);
    assert.equal(event.event, 'result');
    const { success, payload } = JSON.parse(event.data);
    assert.equal(success, true);
    assert.deepEqual(payload, (await client.get('/queries/ListLocations')).json.payload);
  });

  await world.claim('each change brings a new one', async () => {
    await send('CreateLocation', town('Ghent', { id: 'g' }));
    await list.find('Ghent', ({ data }) => names(JSON.parse(data)).includes('Ghent'));
    await send('RenameLocation', { id: 'g', name: 'Gent' });
    await list.find('Gent', ({ data }) => names(JSON.parse(data)).includes('Gent'));
    await send('RemoveLocation', { id: 'g' });
    await eventually('it is gone again', () => names(last(list)).length === 0);
  });

  await world.claim('a get follows one document, before it exists, through its life and after it', async () => {
    const one = world.adopt(await Stream.open(origin, '/locations/late'));
    await one.take(1);
    assert.equal(last(one).success, false);
    const made = await send('CreateLocation', town('Late', { id: 'late' }));
    await one.take(2);
    assert.deepEqual(last(one).payload, made.payload);
    assert.equal(one.events.at(-1).id, String(made.revision));
    await send('CreateLocation', town('Other', { id: 'other' }));
    const renamed = await send('RenameLocation', { id: 'late', name: 'Later' });
    await one.take(3);
    assert.deepEqual(last(one).payload, renamed.payload, 'another document changes nothing here');
    await send('RemoveLocation', { id: 'late' });
    await one.take(4);
    assert.equal(last(one).success, false);
  });

  await world.claim('a query that cannot be answered is an ordinary problem', async () => {
    const wrong = await Stream.open(origin, '/queries/ListLocations?limit=x');
    await wrong.end();
    assert.equal(wrong.status, 422);
    assert.match(wrong.headers['content-type'], /problem/);
  });
});

test('five hundred fast changes are far fewer events, and the last one is right', async (world) => {
  const { client, origin } = await world.tidings();
  checkCompleted(await client.command('CreateLocation', town('v', { id: 'v' }), { wait: 5 }));
  const one = world.adopt(await Stream.open(origin, '/locations/v'));
  const list = world.adopt(await Stream.open(origin, '/locations'));
  const late = world.adopt(await Stream.open(origin, '/locations/v'));
  await Promise.all([one.take(1), list.take(1), late.take(1)]);
  const start = performance.now();
  for (let i = 0; i < 500; i += 25)
    await Promise.all(Array.from({ length: 25 }, (_, j) => client.command('RenameLocation', { id: 'v', name: `v${i + j}` }, { wait: 20 })));
  const took = performance.now() - start;
  const final = (await client.get('/locations/v')).json.payload;
  for (const stream of [one, late]) await eventually('the last state', () => last(stream).payload.name === final.name);
  await eventually('the last state in the list', () => names(last(list))[0] === final.name);
  // At most one answer every 50 ms, and one at each end.
  for (const stream of [one, list, late]) assert.ok(stream.events.length <= took / 50 + 3, `${stream.events.length} in ${took} ms`);
  assert.ok(one.events.length < 250, `${one.events.length}`);
  const revisions = one.events.map(({ id }) => Number(id));
  assert.deepEqual(revisions, [...revisions].sort((a, b) => a - b));
});

test('changes made on another instance are live too, and an EventSource survives a restart', async (world) => {
  const nats = await world.natsServer();
  const writer = await world.tidings({ nats: nats.url });
  const reader = await world.tidings({ nats: nats.url }); // an EventSource that is refused gives up
  const source = world.adopt(eventSource(`${reader.origin}/locations`, { origins: [reader.origin, writer.origin] }));
  await eventually('the first answer', () => source.events.length === 1);
  checkCompleted(await writer.client.command('CreateLocation', town('Far'), { wait: 20 }));
  const current = () => names(JSON.parse(source.events.at(-1).data));
  await eventually('it is told', () => current().includes('Far'));
  await reader.stop();
  await eventually('it is back', () => source.opened >= 2, { deadline: 15_000 });
  const more = await writer.client.command('CreateLocation', town('Near'), { wait: 20 });
  assert.ok([200, 202].includes(more.status));
  await eventually('it is told again', () => current().includes('Near'), { deadline: 30_000 });
});
