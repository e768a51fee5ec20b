// SPDX-License-Identifier: MIT
// Reading what was written, writing over what was read, and commands that are too late.
import assert from 'node:assert/strict';
import { checkCompleted, checkPending, checkProblem, checkQuery, checkRejected, town } from './lib/contract.mjs';
import { newSession, Stream } from './lib/streams.mjs';
import { eventually, within } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('After-Command shows a write, or says that it does not', async (world) => {
  const { client } = await world.tidings({ args: ['--demo'] });
  const { headers } = await newSession(client);
  const slow = (ms) => ({ ...headers, 'tidings-delay-ms': String(ms) });
  const send = async (name, ms) => checkPending(await client.command('CreateLocation', town(name, { id: name }), { headers: slow(ms) })).command_id;

  await world.claim('the query waits until the write is there, by get and by list', async () => {
    const id = await send('waited', 700);
    const after = { ...headers, 'after-command': id, prefer: 'wait=10' };
    const [one, all] = await Promise.all([client.get('/locations/waited', { headers: after }), client.get('/locations', { headers: after })]);
    assert.equal(checkQuery(one).name, 'waited');
    assert.ok(checkQuery(all).items.some((item) => item.id === 'waited'));
    for (const answer of [one, all]) assert.equal(answer.headers['tidings-stale'], undefined);
  });

  await world.claim('not in time: 504, or what there is, marked as stale', async () => {
    const id = await send('late', 3000);
    const start = performance.now();
    const refused = await client.get('/locations', { headers: { ...headers, 'after-command': id, prefer: 'wait=1' } });
    checkProblem(refused, 504, 'not_visible_yet');
    assert.ok(performance.now() - start < within(2500));
    const stale = await client.get('/locations', { headers: { ...headers, 'after-command': `${id}; stale=allow`, prefer: 'wait=0' } });
    assert.equal(stale.headers['tidings-stale'], 'true');
    assert.ok(!checkQuery(stale).items.some((item) => item.id === 'late'));
    const fresh = await client.get('/locations', { headers: { ...headers, 'after-command': `${id};stale=allow`, prefer: 'wait=10' } });
    assert.equal(fresh.headers['tidings-stale'], undefined);
    assert.ok(checkQuery(fresh).items.some((item) => item.id === 'late'));
  });

  await world.claim('a removal is visible too, and a failed command keeps nobody waiting', async () => {
    const removal = checkPending(await client.command('RemoveLocation', { id: 'waited' }, { headers: slow(300) })).command_id;
    checkProblem(await client.get('/locations/waited', { headers: { ...headers, 'after-command': removal, prefer: 'wait=10' } }), 404);
    const failing = checkPending(await client.command('RemoveLocation', { id: 'waited' }, { headers: slow(300) })).command_id;
    checkQuery(await client.get('/locations', { headers: { ...headers, 'after-command': failing, prefer: 'wait=10' } }));
  });

  await world.claim('what it cannot understand it refuses', async () => {
    for (const value of ['a b', 'cmd-1; stale=maybe', 'cmd-1; x', '*'])
      checkProblem(await client.get('/locations', { headers: { ...headers, 'after-command': value } }), 400);
    checkProblem(await client.get('/locations', { headers: { ...headers, 'after-command': 'cmd-unknown' } }), 404);
  });
});

test('After-Command holds on another instance, without a pause in between', async (world) => {
  const nats = await world.natsServer();
  const writer = await world.tidings({ nats: nats.url });
  const reader = await world.tidings({ nats: nats.url, ready: false });
  const { headers } = await newSession(writer.client);
  for (let i = 0; i < 100; i += 1) {
    const made = await writer.client.command('ReplaceLocation', town(`v${i}`, { id: 'one' }), { wait: 20, headers });
    const id = made.json.command_id;
    const read = await reader.client.get('/locations/one', { headers: { ...headers, 'after-command': id, prefer: 'wait=20' } });
    assert.equal(checkQuery(read).name, `v${i}`);
  }
});

test('revisions guard reads and writes', async (world) => {
  const { client } = await world.tidings();
  const made = checkCompleted(await client.command('CreateLocation', town('Ghent', { id: 'ghent' }), { wait: 5 }));
  const first = await client.get('/locations/ghent');

  await world.claim('the ETag is the revision, and spares an answer that is known', async () => {
    assert.equal(first.headers.etag, `"${made.revision}"`);
    for (const known of [first.headers.etag, `W/${first.headers.etag}`, `"x", ${first.headers.etag}`, '*']) {
      const answer = await client.get('/locations/ghent', { headers: { 'if-none-match': known } });
      assert.equal(answer.status, 304, known);
      assert.equal(answer.text, '');
      assert.equal(answer.headers.etag, first.headers.etag);
    }
    const list = await client.get('/locations');
    assert.equal((await client.get('/locations', { headers: { 'if-none-match': list.headers.etag } })).status, 304);
  });

  await world.claim('If-Match lets exactly one of two writers through', async () => {
    const rename = (name) => client.command('RenameLocation', { id: 'ghent', name }, { wait: 5, headers: { 'if-match': first.headers.etag } });
    const answers = await Promise.all([rename('a'), rename('b'), rename('c')]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412]);
    for (const answer of answers) if (answer.status === 412) assert.equal(answer.json.status, 'failed');
    const changed = await client.get('/locations/ghent', { headers: { 'if-none-match': first.headers.etag } });
    assert.equal(changed.status, 200);
    assert.notEqual(changed.headers.etag, first.headers.etag);
    checkCompleted(await client.command('RenameLocation', { id: 'ghent', name: 'd' }, { wait: 5, headers: { 'if-match': changed.headers.etag } }));
  });

  await world.claim('If-Match that is not one strong tag is refused', async () => {
    for (const tag of ['*', 'W/"1"', '"1", "2"', '"x"', 'ghent'])
      checkProblem(await client.command('RenameLocation', { id: 'ghent', name: 'e' }, { wait: 5, headers: { 'if-match': tag } }), 400);
  });
});

test('a command whose time is over is not executed, and its owner is told', async (world) => {
  const { client, origin } = await world.tidings({ args: ['--demo'] });
  const who = await newSession(client);
  const stream = world.adopt(await Stream.open(origin, '/events', { session: who.session }));
  await eventually('a place', () => stream.position);
  checkCompleted(await client.command('CreateLocation', town('Lane', { id: 'lane' }), { wait: 5, headers: who.headers }));
  const rename = (name, more, options) => client.command('RenameLocation', { id: 'lane', name }, { ...options, headers: { ...who.headers, ...more } });
  const slow = checkPending(await rename('slow', { 'tidings-delay-ms': '1000' }));
  const late = await rename('late', { 'tidings-ttl-ms': '200' }, { wait: 10 });
  const timely = rename('timely', { 'tidings-ttl-ms': '20000' }, { wait: 10 });
  assert.equal(late.json.status, 'failed', late.text);
  checkRejected(late, late.status, 'expired', 'RenameLocation');
  assert.ok(late.status >= 400 && late.status < 500, `${late.status}`);
  checkCompleted(await timely);
  const event = await stream.find('the expiry', ({ data }) => data === late.text);
  assert.equal(event.event, 'failed');
  await stream.find('the slow one', ({ data }) => data.includes(slow.command_id));
  assert.deepEqual((await stream.take(4)).map(({ data }) => JSON.parse(data).payload?.name ?? null), ['Lane', 'slow', null, 'timely']);
  assert.equal((await client.get(`/commands/${late.json.command_id}`, { headers: who.headers })).text, late.text);
  assert.equal(checkQuery(await client.get('/locations/lane')).name, 'timely');
  for (const ttl of ['-1', 'x', '1.5', '86400001'])
    checkProblem(await rename('x', { 'tidings-ttl-ms': ttl }), 400);
});
