// SPDX-License-Identifier: MIT
// --threads 2: two shards that share a port and a process, and look like one gateway from outside.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { generateKeyPair } from 'jose';
import { createInbox, StringCodec } from 'nats';
import { checkCompleted, checkPending, checkProblem, checkQuery, town } from './lib/contract.mjs';
import { Client } from './lib/http.mjs';
import { Issuer } from './lib/issuer.mjs';
import { Ledger, progress } from './lib/ledger.mjs';
import { Metrics, scrape } from './lib/prometheus.mjs';
import { holdWrites, published } from './lib/stall.mjs';
import { newSession, Stream } from './lib/streams.mjs';
import { serveArguments } from './lib/tidings.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const threads = ['--threads', '2'];
const text = StringCodec();

/** The values of a metric by shard. */
const byShard = (page, metric, labels = {}) => ['0', '1'].map((shard) => page.value(metric, { ...labels, shard }));

/** The shard at the other end of a client's one connection: the one whose scrapes are counted. */
async function shardOf(client, headers) {
  const page = async () => new Metrics((await client.get('/metrics', { headers })).text);
  const counts = (of) => byShard(of, 'tidings_http_responses_total', { route: 'metrics', status: '2xx' });
  const before = counts(await page());
  const after = counts(await page()); // the scrape of before is counted by now
  return after.findIndex((value, shard) => value > before[shard]);
}

/** A client of each shard, of one connection each; the kernel chooses, so it takes some tries. */
async function clientOfEach(world, origin, headers) {
  const found = [];
  for (let tries = 0; tries < 64 && !(found[0] && found[1]); tries += 1) {
    const client = world.adopt(new Client(origin, { connections: 1 }));
    found[await shardOf(client, headers)] ??= client;
  }
  assert.ok(found[0] && found[1], 'both shards are reached');
  return found;
}

test('two shards are one gateway', async (world) => {
  const nats = await world.natsServer();
  const { client, origin, child } = await world.tidings({ nats: nats.url, args: threads });
  const clients = await clientOfEach(world, origin);

  await world.claim('both serve, and a scrape of either shows both', async () => {
    const outcomes = await Promise.all(Array.from({ length: 60 }, (_, i) => client.command('CreateLocation', town(`Town ${i}`, { id: `t${i}` }), { wait: 10 })));
    for (const outcome of outcomes) checkCompleted(outcome);
    for (const one of clients) {
      const page = await scrape(one);
      const completed = byShard(page, 'tidings_command_replies_total', { type: 'CreateLocation', reply: 'completed' });
      assert.equal(completed[0] + completed[1], 60);
      assert.ok(Math.min(...completed) > 5, `shares ${completed}`);
      assert.deepEqual(byShard(page, 'tidings_nats_connected'), [1, 1]);
      assert.equal(page.value('tidings_shards'), 2);
      assert.ok(page.value('process_cpu_seconds_total') > 0);
    }
  });
  await world.claim('a command of one is known to the other, while it is pending and after', async () => {
    for (const [mine, other] of [clients, [...clients].reverse()]) {
      const { command_id: id, links } = checkPending(await mine.command('CreateLocation', town('Across')));
      const done = await other.get(links.self, { headers: { prefer: 'wait=10' } });
      assert.equal(done.json.status, 'completed');
      assert.equal((await mine.outcome(id)).text, done.text);
      const seen = await other.get(`/locations/${done.json.key}`, { headers: { 'after-command': id, prefer: 'wait=10' } });
      assert.deepEqual(checkQuery(seen), done.json.payload);
    }
  });
  await world.claim('a retry with the same key on the other shard is the same command', async () => {
    const key = randomUUID();
    const answers = await Promise.all(clients.map((one) => one.command('CreateLocation', town('Once'), { wait: 10, key })));
    assert.equal(answers[0].text, answers[1].text);
  });
  await world.claim('event streams on both hear of it, and a ticket of one counts on the other, once', async () => {
    const { session, headers } = await newSession(clients[0]);
    const tickets = [];
    for (let i = 0; i < 16; i += 1) tickets.push((await clients[0].request('POST', '/events/ticket', { headers })).json.ticket);
    const streams = [];
    for (const ticket of tickets) streams.push(world.adopt(await Stream.open(origin, `/events?ticket=${ticket}`)));
    assert.deepEqual(streams.map((stream) => stream.status), tickets.map(() => 200));
    await eventually('both shards have some', async () => Math.min(...byShard(await scrape(client), 'tidings_event_streams', { kind: 'owner' })) > 0);
    for (const ticket of tickets.slice(0, 4)) {
      const again = await Stream.open(origin, `/events?ticket=${ticket}`);
      again.close();
      assert.equal(again.status, 401);
    }
    for (const one of clients) {
      const before = streams.map((stream) => stream.events.length);
      const done = checkCompleted(await one.command('CreateLocation', town('Told'), { wait: 10, headers: { 'tidings-session': session } }));
      await eventually('all streams tell of it', () => streams.every((stream, i) => stream.events.slice(before[i]).some((event) => JSON.parse(event.data).command_id === done.command_id)));
    }
    for (const stream of streams) stream.close();
  });
  await world.claim('requests over NATS are spread among them', async () => {
    const connection = await world.spy(nats.url);
    const send = async (i) => {
      const envelope = { command_type: 'CreateLocation', command_id: `cmd-${randomUUID()}`, service_id: 'test', timestamp: new Date().toISOString(), payload: town(`Bus ${i}`) };
      return JSON.parse(text.decode((await connection.request('commands.CreateLocation', text.encode(JSON.stringify(envelope)), { timeout: 10_000 })).data));
    };
    for (const outcome of await Promise.all(Array.from({ length: 60 }, (_, i) => send(i)))) assert.equal(outcome.status, 'completed');
    const found = [];
    const inbox = createInbox();
    connection.subscribe(inbox, { callback: (error, msg) => found.push(JSON.parse(text.decode(msg.data))) });
    connection.publish('$SRV.STATS.locations', undefined, { reply: inbox });
    await eventually('both answer', () => found.length === 2);
    const counts = found.map((x) => x.endpoints.find((y) => y.name === 'CreateLocation').num_requests);
    assert.equal(counts[0] + counts[1], 60);
    assert.ok(Math.min(...counts) > 5, `shares ${counts}`);
  });
  await world.claim('log lines say whose they are', () => {
    for (const shard of [0, 1]) assert.match(child.stderr, new RegExp(`info \\[${shard}\\] NATS: connected`));
  });
});

test('one shard that loses NATS comes back, and the process says so meanwhile', async (world) => {
  const nats = await world.natsServer();
  const proxy = await world.natsProxy(nats);
  const { client, origin } = await world.tidings({ nats: proxy.url, args: threads });
  const clients = await clientOfEach(world, origin);
  [...proxy.sockets][0].destroy();
  await eventually('one of them noticed', async () => String(byShard(await scrape(client), 'tidings_nats_disconnects_total').sort()) === '0,1');
  await client.waitReady();
  for (const one of clients) checkCompleted(await one.command('CreateLocation', town('Again'), { wait: 20 }));
  assert.deepEqual(byShard(await scrape(client), 'tidings_nats_connects_total').sort(), [1, 2]);
  await nats.kill();
  const told = await eventually('it is not ready', async () => {
    const answer = await client.get('/readyz');
    return /shard 0: .*; shard 1: /.test(answer.json.parts.nats?.detail ?? '') && answer;
  });
  assert.equal(told.status, 503);
});

test('SIGTERM answers what is in flight on both, and what was accepted is completed by the next', async (world) => {
  const nats = await world.natsServer();
  const proxy = await world.natsProxy(nats);
  const tidings = await world.tidings({ nats: proxy.url, args: threads });
  const crowd = world.adopt(new Client(tidings.origin));
  proxy.decide(holdWrites);
  const answers = Array.from({ length: 50 }, (_, i) => crowd.command('CreateLocation', town(`In flight ${i}`), { wait: 30 }));
  await eventually('all are published', () => published(proxy).length === 50);
  tidings.child.kill('SIGTERM');
  const pending = [];
  for (const answer of await Promise.all(answers)) {
    if (answer.status === 503) checkProblem(answer, 503);
    else pending.push(checkPending(answer));
  }
  assert.ok(pending.length > 0);
  assert.deepEqual(await tidings.child.exited(20_000), { code: 0, signal: null });
  proxy.release();
  const next = await world.tidings({ nats: nats.url, args: threads });
  for (const { command_id: id } of pending) checkCompleted(await next.client.outcome(id));
});

test('SIGTERM under load breaks no promise, with the embedded server', async (world) => {
  const store = world.directory();
  const tidings = await world.tidings({ store, args: threads });
  const crowd = world.adopt(new Client(tidings.origin));
  const ledger = new Ledger('threads');
  const load = ledger.load(crowd, { workers: 32, wait: 10 });
  await progress(ledger, 500);
  tidings.child.kill('SIGTERM');
  assert.deepEqual(await tidings.child.exited(20_000), { code: 0, signal: null });
  await load.stop();
  const next = await world.tidings({ store, args: threads });
  await world.claim('what was answered is there after a restart', () => ledger.audit(next.client));
});

test('SIGHUP changes the keys of both', async (world) => {
  const issued = await Issuer.make(world);
  const tidings = await world.tidings({ args: [...issued.args, ...threads] });
  const headers = async () => ({ authorization: `Bearer ${await issued.token('anna')}` });
  const before = await headers();
  const clients = await clientOfEach(world, tidings.origin, before);
  const asked = (of) => Promise.all(clients.map(async (one) => (await one.get('/locations', { headers: of })).status));
  assert.deepEqual(await asked(before), [200, 200]);
  issued.keys.set('ES256', await generateKeyPair('ES256', { extractable: true }));
  await issued.publish();
  tidings.child.kill('SIGHUP');
  const after = await headers();
  await eventually('the new key counts on both', async () => String(await asked(after)) === '200,200');
  assert.deepEqual(await asked(before), [401, 401]);
});

test('bounds are those of the process', async (world) => {
  const { client, origin } = await world.tidings({ args: [...threads, '--max-connections', '8'] });
  const crowd = Array.from({ length: 24 }, () => world.adopt(new Client(origin, { connections: 1 })));
  const answers = await Promise.all(crowd.map((one) => one.get('/healthz').then(({ status }) => status, () => 0)));
  const served = answers.filter((status) => status === 200).length;
  assert.ok(served >= 6 && served <= 8, `${served} of 24 were served`); // a probe of before may hold a place yet
  for (const one of crowd) one.close();
  await eventually('the places are free again', async () => (await client.ready()) === 200);

  await world.claim('a second process on the same port is refused', async () => {
    const second = world.launch([...serveArguments({ store: world.directory() }).map((x) => (x === '127.0.0.1:0' ? new URL(origin).host : x)), ...threads]);
    assert.equal((await second.child.exited(10_000)).code, 2);
    assert.match(second.child.stderr, /is in use/);
  });
});

test('a number of threads that makes no sense is refused', async (world) => {
  for (const wrong of ['0', '65', 'many']) {
    const tidings = world.launch(['serve', '--threads', wrong]);
    assert.equal((await tidings.child.exited(10_000)).code, 2);
    assert.match(tidings.child.stderr, /--threads/);
  }
});
