// SPDX-License-Identifier: MIT
// `tidings replay`: a bucket that was damaged or lost is made of the commands again, and swapped in.
import assert from 'node:assert/strict';
import { headers, StringCodec } from 'nats';
import { checkCompleted, checkRejected } from './lib/contract.mjs';
import { freePort } from './lib/ports.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const text = StringCodec();
const encode = (value) => text.encode(JSON.stringify(value));
const model = JSON.stringify({
  service: 'things', bucket: 'things', key: 'id', noun: 'Thing', unique: ['code'],
  commands: { Make: { effect: 'create' }, Change: { effect: 'merge' }, Put: { effect: 'replace' }, Drop: { effect: 'delete' } },
  queries: { GetThing: { effect: 'get' }, ListThings: { effect: 'list', limit: 1000 } }, routes: {},
});
const judged = JSON.stringify({
  service: 'parcels', bucket: 'parcels', key: 'id', noun: 'Parcel',
  commands: { Ship: { effect: 'replace', handler: { subject: 'rules.parcel', timeout_ms: 1000 } } },
  queries: { GetParcel: { effect: 'get' } }, routes: {},
});

async function scene(world, source = model, bucket = 'things') {
  const nats = await world.natsServer();
  const file = world.file('model.json', source);
  const serve = () => world.tidings({ nats: nats.url, models: [file] });
  const spy = await world.spy(nats.url);
  const start = (...args) => world.launch(['replay', bucket, '--model', file, '--nats', nats.url, ...args]).child;
  const replay = async (...args) => {
    const child = start('--json', ...args);
    const end = await child.exited(60_000);
    return { code: end.code, err: child.stderr, report: child.stdout ? JSON.parse(child.stdout) : undefined };
  };
  const done = async (...args) => {
    const run = await replay(...args);
    assert.equal(run.code, 0, run.err);
    return run.report;
  };
  const jsm = await spy.jetstreamManager();
  const names = async () => (await jsm.streams.list().next()).map((x) => x.config.name);
  /** Writes past Tidings. */
  const corrupt = async (key, value) => {
    const fields = headers();
    if (value === undefined) fields.set('KV-Operation', 'DEL');
    await spy.jetstream().publish(`$KV.${bucket}.${key}`, value === undefined ? '' : encode(value), { headers: fields });
  };
  return { nats, serve, spy, jsm, start, replay, done, names, corrupt };
}

const all = async (client) => (await client.query('ListThings', {})).json.payload.items;
const same = (client, before) => eventually('queries answer as before', async () => {
  assert.deepEqual(await all(client), before);
  return true;
});

/** Commands of every kind, with every kind of end. */
async function fill(client) {
  const make = (id, more) => client.command('Make', { id, code: `code-${id}`, ...more }, { wait: 10 });
  for (const id of ['a', 'b', 'c', 'd', 'e']) checkCompleted(await make(id, { n: 1 }));
  checkRejected(await make('a'), 409, 'already_exists');
  checkRejected(await client.command('Make', { id: 'x', code: 'code-a' }, { wait: 10 }), 409, 'not_unique');
  const changed = checkCompleted(await client.command('Change', { id: 'a', n: 2 }, { wait: 10 }));
  const ifMatch = (revision) => ({ wait: 10, headers: { 'If-Match': `"${revision}"` } });
  checkCompleted(await client.command('Change', { id: 'a', n: 3 }, ifMatch(changed.revision)));
  checkRejected(await client.command('Change', { id: 'a', n: 4 }, ifMatch(changed.revision)), 412, 'revision_mismatch');
  checkCompleted(await client.command('Drop', { id: 'b' }, { wait: 10 }));
  checkRejected(await client.command('Change', { id: 'b', n: 9 }, { wait: 10 }), 409, 'missing');
  checkCompleted(await client.command('Make', { id: 'f', code: 'code-b' }, { wait: 10 }));
  checkCompleted(await client.command('Put', { id: 'c', code: 'code-c', put: true }, { wait: 10 }));
  return all(client);
}

test('what was damaged is repaired under running gateways', async (world) => {
  const { serve, spy, done, names, corrupt } = await scene(world);
  const { client } = await serve();
  const before = await fill(client);
  const untouched = await done();
  assert.equal(untouched.documents, before.length);
  assert.deepEqual([untouched.differing, untouched.missing, untouched.extra, untouched.written], [0, 0, 0, 0]);

  await corrupt('a', { id: 'a', n: 666 });
  await corrupt('d', undefined);
  await corrupt('b', { id: 'b', back: 'from the dead' });
  await corrupt('stray', { id: 'stray' });
  await spy.jetstream().publish('$KV.things.e', 'not JSON');
  await eventually('it is seen', async () => (await all(client)).some((x) => x.id === 'stray'));

  await world.claim('a dry run tells, changes nothing, and leaves its bucket', async () => {
    const told = await done('--dry-run');
    assert.deepEqual([told.differing, told.missing, told.extra, told.foreign, told.written], [2, 1, 1, 1, 0]);
    assert.ok((await names()).includes(`KV_${told.new_bucket}`));
    const copy = await (await spy.jetstream().views.kv(told.new_bucket)).get('a');
    assert.equal(copy.json().n, 3);
    assert.equal((await client.query('GetThing', { id: 'a' })).json.payload.n, 666);
  });
  await world.claim('a replay repairs all but what no command made', async () => {
    const told = await done();
    assert.deepEqual([told.written, told.removed, told.foreign], [3, 1, 1]);
    assert.deepEqual((await names()).filter((x) => x.includes('_replay_')), []);
    await same(client, [...before, { id: 'stray' }]);
  });
  await world.claim('which it removes when told so', async () => {
    assert.equal((await done('--remove-foreign')).removed, 1);
    await same(client, before);
  });
  await world.claim('commands go on from there', async () => {
    checkCompleted(await client.command('Change', { id: 'a', n: 5 }, { wait: 10 }));
    checkRejected(await client.command('Make', { id: 'y', code: 'code-d' }, { wait: 10 }), 409, 'not_unique');
    assert.equal((await done()).written, 0);
  });
});

test('a bucket that was deleted is made again', async (world) => {
  const { serve, jsm, done } = await scene(world);
  const first = await serve();
  const before = await fill(first.client);
  await world.claim('by a replay, before anything is restarted', async () => {
    await jsm.streams.delete('KV_things');
    const told = await done();
    assert.equal(told.bucket_made, true);
    assert.equal(told.written, before.length);
    await first.stop();
    const second = await serve();
    await same(second.client, before);
    await second.stop();
  });
  await world.claim('or after a restart made an empty one', async () => {
    await jsm.streams.delete('KV_things');
    const third = await serve();
    assert.deepEqual(await all(third.client), []);
    assert.equal((await done()).bucket_made, false);
    await same(third.client, before);
  });
});

test('when outcomes are forgotten, commands are decided again', async (world) => {
  const { serve, jsm, done, replay } = await scene(world);
  const first = await serve();
  const before = await fill(first.client);
  await jsm.streams.purge('NOTIFICATIONS');
  await world.claim('with the bucket at hand an entry says whether the condition held', async () => {
    assert.equal((await done()).written, 0);
  });
  await first.stop();
  await jsm.streams.delete('KV_things');
  const second = await serve();
  await world.claim('without it a condition cannot be decided: that is a refusal', async () => {
    const run = await replay();
    assert.equal(run.code, 1);
    assert.match(run.err, /1 key cannot be rebuilt, for instance because of Change cmd-\S+ \(COMMANDS 9\): it came with a condition/);
    assert.deepEqual(await all(second.client), []);
  });
  await world.claim('such keys can be left', async () => {
    const told = await done('--leave-undecided');
    assert.equal(told.undecided, 1);
    await same(second.client, before.filter((x) => x.id !== 'a'));
  });
  await world.claim('or conditions taken as having held; that one of two with the same revision lost is certain', async () => {
    await done('--assume-held');
    await same(second.client, before);
  });
});

test('a document that a service elsewhere decided is the one it told', async (world) => {
  const { serve, spy, jsm, done, replay, corrupt } = await scene(world, judged, 'parcels');
  spy.subscribe('rules.parcel', { callback: (error, msg) => {
    const request = JSON.parse(text.decode(msg.data));
    const { payload } = request;
    msg.respond(encode({ success: !payload.bad, command_id: request.command_id, timestamp: new Date().toISOString(),
      payload: payload.bad ? null : { ...payload, weighed: (request.state?.weighed ?? 0) + 7 }, error: payload.bad ? 'no' : null }));
  } });
  const { client } = await serve();
  for (const id of ['p1', 'p2', 'p1']) checkCompleted(await client.command('Ship', { id }, { wait: 10 }));
  checkRejected(await client.command('Ship', { id: 'p1', bad: true }, { wait: 10 }), 422, 'rejected');
  await corrupt('p1', { id: 'p1', weighed: -1 });
  assert.equal((await done()).written, 1);
  await eventually('it is as told', async () => (await client.query('GetParcel', { id: 'p1' })).json.payload.weighed === 14);

  await jsm.streams.purge('NOTIFICATIONS');
  await world.claim('forgotten and with an entry it stays', async () => assert.equal((await done('--leave-undecided')).written, 0));
  await world.claim('forgotten and damaged it cannot be rebuilt', async () => {
    await corrupt('p2', { id: 'p2', weighed: -1 });
    const run = await replay();
    assert.equal(run.code, 1);
    assert.match(run.err, /a service elsewhere decided, and its answer is no longer kept/);
    assert.doesNotMatch(run.err, /--assume-held/);
  });
});

test('while commands arrive nothing of them is lost or undone', async (world) => {
  const { serve, done, corrupt } = await scene(world);
  const { client } = await serve();
  const keys = Array.from({ length: 12 }, (_, i) => `k${i}`);
  for (const id of keys) checkCompleted(await client.command('Make', { id, code: id, label: `of ${id}`, n: 0 }, { wait: 10 }));
  const told = Object.fromEntries(keys.map((id) => [id, 0]));
  let stop = false;
  const busy = keys.slice(0, 6).map(async (id) => {
    for (let n = 1; !stop; ++n) {
      checkCompleted(await client.command('Change', { id, n }, { wait: 10 }));
      told[id] = n;
    }
  });
  try {
    for (let round = 0; round < 3; ++round) {
      // What merges keep from now on is wrong.
      for (const id of keys) await corrupt(id, { id, code: id, label: 'wrong', n: -1 });
      await done();
      for (const id of keys)
        await eventually(`${id} is repaired`, async () => (await client.query('GetThing', { id })).json.payload.label === `of ${id}`);
    }
  } finally {
    stop = true;
    await Promise.all(busy);
  }
  for (const id of keys)
    await eventually(`${id} has its last change`, async () => (await client.query('GetThing', { id })).json.payload.n === told[id]);
  assert.ok(told.k0 > 10, `${told.k0}`);
  assert.equal((await done()).written, 0);
});

test('a replay that is killed leaves every key as it was or as it should be, and is run again', async (world) => {
  const { serve, jsm, start, replay, done, names, spy } = await scene(world);
  const { client } = await serve();
  const count = 3000;
  await Promise.all(Array.from({ length: 60 }, async (_, lane) => {
    for (let i = lane; i < count; i += 60) checkCompleted(await client.command('Make', { id: `k${i}`, code: i }, { wait: 20 }));
  }));
  await jsm.streams.purge('KV_things');
  const written = async () => (await jsm.streams.info('KV_things')).state.messages;
  const killed = async (when) => {
    const child = start();
    await eventually('it is on its way', when, { every: 1 });
    child.kill('SIGKILL');
    await child.exited();
  };
  await killed(async () => (await names()).some((x) => x.includes('_replay_')));
  assert.equal(await written(), 0);
  await killed(async () => (await written()) > 0);
  const half = await written();
  assert.ok(half > 0 && half < count, `${half} of ${count}`);
  await world.claim('two at once are refused', async () => {
    const sign = spy.subscribe('_INBOX.tidings_replay.things', { callback: (error, msg) => msg.respond('yes') });
    await spy.flush();
    const run = await replay();
    assert.equal(run.code, 1);
    assert.match(run.err, /another replay of things is under way/);
    sign.unsubscribe();
    await spy.flush();
  });
  const told = await done();
  assert.deepEqual([told.documents, told.same, told.missing], [count, half, count - half]);
  assert.deepEqual((await names()).filter((x) => x.includes('_replay_')), []);
  assert.equal((await jsm.streams.info('KV_things')).state.messages, count);
});

test('history that is not whole is refused unless told so; and wrong usage', async (world) => {
  const { nats, serve, jsm, replay, done, corrupt } = await scene(world);
  const { client } = await serve();
  const before = await fill(client);
  await world.claim('a command in the middle is gone', async () => {
    await jsm.streams.deleteMessage('COMMANDS', 7);
    const run = await replay();
    assert.equal(run.code, 1);
    assert.match(run.err, /1 commands were deleted from COMMANDS; --accept-gaps/);
    assert.equal((await done('--accept-gaps')).written, 0);
  });
  await world.claim('the beginning is gone', async () => {
    await jsm.streams.purge('COMMANDS', { seq: 3 });
    const run = await replay('--accept-gaps');
    assert.equal(run.code, 1);
    assert.match(run.err, /COMMANDS begins at 3: what came before is lost\. --from-sequence 3/);
    await corrupt('c', { id: 'c', wrong: true });
    const told = await done('--accept-gaps', '--from-sequence', '3');
    assert.equal(told.written, 1);
    await same(client, before);
  });
  await world.claim('wrong usage', async () => {
    for (const [args, reason] of [[['nothing'], /no model has the bucket nothing; there is locations/], [[], /bucket is required/],
      [['locations', '--from-sequence', '0'], /from-sequence/], [['locations', '--model', '/nowhere.json'], /nowhere/]]) {
      const { child } = world.launch(['replay', ...args]);
      assert.equal((await child.exited(20_000)).code, 2, args.join(' '));
      assert.match(child.stderr, reason);
    }
  });
  await world.claim('nobody there, and nothing there', async () => {
    const { child } = world.launch(['replay', 'locations', '--nats', `nats://127.0.0.1:${await freePort()}`]);
    assert.equal((await child.exited(20_000)).code, 1);
    assert.match(child.stderr, /cannot connect/);
    const empty = await world.natsServer();
    const other = world.launch(['replay', 'locations', '--nats', empty.url]);
    assert.equal((await other.child.exited(20_000)).code, 1);
    assert.match(other.child.stderr, /stream not found/);
    assert.ok(nats.url !== empty.url);
  });
  await world.claim('for people there is progress, and a report', async () => {
    const { child } = world.launch(['replay', 'things', '--model', world.file('things.json', model), '--nats', nats.url, '--accept-gaps', '--from-sequence', '3']);
    assert.equal((await child.exited(20_000)).code, 0);
    assert.match(child.stderr, /^commands {2}\d+ of \d+ {2}100 %/m);
    assert.match(child.stdout, /^same {8}\d+ keys as in the current bucket$/m);
  });
});
