// SPDX-License-Identifier: MIT
// /metrics after known traffic: the figures are those of the traffic, and nothing that a client sends makes a label.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { town } from './lib/contract.mjs';
import { orders, serveOrders } from './lib/orders.mjs';
import { Metrics, scrape } from './lib/prometheus.mjs';
import { newSession, Stream } from './lib/streams.mjs';
import { example, repository } from './lib/tidings.mjs';
import { eventually, slowdown } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('traffic is counted', async (world) => {
  const nats = await world.natsServer();
  const models = [example('locations'), world.file('orders.json', orders)];
  const { client, origin } = await world.tidings({ nats: nats.url, models });
  await serveOrders(await world.spy(nats.url));

  await world.claim('before any, everything is there and zero', async () => {
    const none = await scrape(client);
    assert.equal(none.value('tidings_commands_total', { type: 'CreateLocation', outcome: 'completed' }), 0);
    assert.equal(none.value('tidings_command_stage_seconds_count', { stage: 'accepted' }), 0);
    assert.equal(none.value('tidings_nats_connected'), 1);
    assert.equal(none.value('tidings_nats_connects_total'), 1);
    assert.equal(none.value('tidings_reactor_partitions'), 16);
    assert.ok(none.value('tidings_http_connections') >= 1);
  });
  await world.claim('commands by type and outcome, in all their stages', async () => {
    for (let i = 0; i < 20; i += 1) await client.command('CreateLocation', town(`Town ${i}`, { id: `t${i}` }), { wait: 10 });
    for (let i = 0; i < 5; i += 1) await client.command('CreateLocation', town('Again', { id: 't1' }), { wait: 10 });
    for (let i = 0; i < 3; i += 1) assert.equal((await client.command('CreateLocation', { nothing: i })).status, 422);
    assert.equal((await client.command('Bury', { id: 'b', bury: true }, { wait: 20 })).json.code, 'dead_lettered');
    await client.command('RemoveLocation', { id: 't2' });
    await client.command('Elsewhere', { mode: 'completed' });
    const now = await eventually('all are settled', async () => {
      const page = await scrape(client);
      return page.value('tidings_commands_total', { type: 'RemoveLocation', outcome: 'completed' }) === 1 && page;
    });
    const ends = (type, outcome) => now.value('tidings_commands_total', { type, outcome });
    const replies = (type, reply) => now.value('tidings_command_replies_total', { type, reply });
    assert.deepEqual([ends('CreateLocation', 'completed'), ends('CreateLocation', 'rejected')], [20, 5]);
    assert.deepEqual([ends('Bury', 'dead_lettered'), ends('Bury', 'completed')], [1, 0]);
    assert.deepEqual([replies('CreateLocation', 'completed'), replies('CreateLocation', 'failed'), replies('CreateLocation', 'refused')], [20, 5, 3]);
    assert.deepEqual([replies('RemoveLocation', 'pending'), replies('Bury', 'failed'), replies('other', 'forwarded')], [1, 1, 1]);
    const stage = (name) => now.value('tidings_command_stage_seconds_count', { stage: name });
    assert.deepEqual(['accepted', 'projected', 'notified'].map(stage), [27, 21, 27]);
    assert.equal(stage('handled'), 26);
    assert.equal(now.value('tidings_command_wait_seconds_count'), 26);
    assert.ok(now.value('tidings_command_wait_seconds_sum') > 0);
    assert.deepEqual([now.value('tidings_reactor_in_flight'), now.value('tidings_reactor_behind'), now.value('tidings_command_waiters')], [0, 0, 0]);
  });
  await world.claim('responses by route and status', async () => {
    await client.query('GetLocation', { id: 't3' });
    await client.query('GetLocation', { id: 'nobody' });
    await client.get('/nowhere');
    const now = await scrape(client);
    const responses = (route, status) => now.value('tidings_http_responses_total', { route, status });
    assert.deepEqual([responses('command', '2xx'), responses('command', '4xx'), responses('command', '5xx')], [22, 8, 1]);
    assert.equal(responses('query', '2xx') + responses('query', '4xx'), 2);
    assert.equal(responses('other', '4xx'), 1);
    // The request that is being answered is not counted yet.
    const again = await scrape(client);
    assert.equal(again.value('tidings_http_responses_total', { route: 'metrics', status: '2xx' }), responses('metrics', '2xx') + 1);
  });
  await world.claim('event streams, while they last', async () => {
    const { session } = await newSession(client);
    const own = await Stream.open(origin, '/events', { session });
    const live = await Stream.open(origin, '/queries/ListLocations', {});
    const streams = async () => {
      const now = await scrape(client);
      return ['owner', 'query', 'command'].map((kind) => now.value('tidings_event_streams', { kind }));
    };
    await eventually('they are counted', async () => String(await streams()) === '1,1,0');
    own.close();
    live.close();
    await eventually('they are gone', async () => String(await streams()) === '0,0,0');
    assert.equal((await scrape(client)).value('tidings_http_responses_total', { route: 'events', status: '2xx' }), 2);
  });
  await world.claim('dead letters that the stream keeps', async () => {
    await eventually('it was looked at', async () => (await scrape(client)).value('tidings_stream_messages', { stream: 'DEAD_LETTERS' }) === 1);
    assert.equal((await scrape(client)).value('tidings_stream_messages', { stream: 'KV_locations' }), 20);
  });
  await world.claim('and nobody could have read it wrongly', async () => {
    for (const bad of ['a 1', '# TYPE a counter\na 1\n', '# HELP a x\n# TYPE a gauge\na 1\na 2\n', '# HELP a_total x\n# TYPE a_total counter\na_total -1\n',
      '# HELP a x\n# TYPE a gauge\na{b="c} 1\n', '# HELP h x\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n'])
      assert.throws(() => new Metrics(bad), Error, bad);
  });
});

/** Asks for so many paths that nobody asked for before, over a few connections with many requests in flight each. */
async function flood(origin, paths) {
  const { hostname, port } = new URL(origin);
  const batch = 500;
  const one = (share) => new Promise((resolve, reject) => {
    let [sent, answered, rest] = [0, 0, ''];
    const socket = net.connect(Number(port), hostname);
    const send = () => {
      const names = randomBytes(16 * batch).toString('hex');
      let text = '';
      for (let i = 0; i < batch; i += 1) text += `GET /${names.slice(32 * i, 32 * i + 32)} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
      sent += batch;
      socket.write(text);
    };
    socket.setEncoding('latin1').on('error', reject).on('close', () => reject(new Error(`closed after ${answered} answers`)));
    socket.on('data', (chunk) => {
      const parts = (rest + chunk).split('HTTP/1.1 404 ');
      answered += parts.length - 1;
      rest = parts.at(-1).slice(-12); // the line may come in two pieces
      if (answered >= share) return resolve(socket.removeAllListeners('close').destroy());
      if (sent - answered < batch) send();
    });
    send();
    send();
  });
  await Promise.all(Array.from({ length: 4 }, () => one(paths / 4)));
}

test('what clients send makes no label', async (world) => {
  const { client, origin, child } = await world.tidings();
  const before = (await scrape(client)).size;
  const junk = () => randomBytes(8).toString('hex');
  const shapes = [
    () => ['GET', `/${junk()}`], () => ['GET', `/${junk()}/${junk()}`], () => ['GET', `/commands/${junk()}`], () => ['GET', `/locations/${junk()}`],
    () => ['GET', `/assets/${junk()}`], () => ['GET', `/metrics?${junk()}`], () => [junk().toUpperCase().replace(/\d/g, 'X'), `/${junk()}`],
  ];
  for (let i = 0; i < 3_500; i += 1) {
    const [method, target] = shapes[i % shapes.length]();
    await client.request(method, target).catch(() => {}); // Node itself refuses some methods
  }
  for (let i = 0; i < 50; i += 1) await client.command(`T${junk()}`, {});
  const memory = () => Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024;
  const began = memory();
  await flood(origin, slowdown === 1 ? 1_000_000 : 100_000);
  if (slowdown === 1) assert.ok(memory() < began + 32, `${began} MiB before, ${memory()} after`);
  // The streams' sizes may have been looked at for the first time meanwhile.
  const after = await scrape(client);
  const streams = ['tidings_stream_messages', 'tidings_stream_bytes'].reduce((sum, name) => sum + (after.families.get(name)?.samples.length ?? 0), 0);
  assert.ok(after.size - streams <= before && after.size <= before + streams, `${before} series before, ${after.size} after`);
  assert.equal(after.value('tidings_command_replies_total', { type: 'other', reply: 'forwarded' }), 50);
});

test('a reconnect is counted', async (world) => {
  const nats = await world.natsServer();
  const { client } = await world.tidings({ nats: nats.url });
  await nats.kill();
  await eventually('it is noticed', async () => (await scrape(client)).value('tidings_nats_connected') === 0);
  await nats.start();
  await client.waitReady({ deadline: 30_000 });
  const now = await scrape(client);
  assert.equal(now.value('tidings_nats_connects_total'), 2);
  assert.equal(now.value('tidings_nats_disconnects_total'), 1);
});

test('a process that stands by says so', async (world) => {
  const nats = await world.natsServer();
  await world.tidings({ nats: nats.url });
  const { client } = await world.tidings({ nats: nats.url });
  const now = await scrape(client);
  assert.equal(now.value('tidings_reactor_partitions'), 0);
  assert.throws(() => now.value('tidings_reactor_behind'), /no series/);
});

test('dashboard, alerts and guide name metrics that exist, and the guide names all', async (world) => {
  const nats = await world.natsServer();
  const { client } = await world.tidings({ nats: nats.url, args: ['--threads', '2'] }); // has every family of one thread, and its own
  const page = await scrape(client);
  const exists = new Set();
  for (const { name, type } of page.families.values())
    for (const end of type === 'histogram' ? ['', '_bucket', '_sum', '_count'] : ['']) exists.add(name + end);
  const named = (file) => new Set(fs.readFileSync(path.join(repository, file), 'utf8').match(/\b(tidings|process)_[a-z0-9_]+\b/g));
  JSON.parse(fs.readFileSync(path.join(repository, 'docker/grafana/dashboard.json'), 'utf8'));
  for (const file of ['docker/grafana/dashboard.json', 'docker/prometheus/alerts.yaml', 'docs/operations.md'])
    for (const metric of named(file)) assert.ok(exists.has(metric), `${file}: ${metric}`);
  // A label that a metric does not have makes a panel empty, or a sum of what should be apart.
  const family = (metric) => page.families.get(metric) ?? page.families.get(metric.replace(/_(bucket|sum|count)$/, ''));
  const labelsOf = (metric) => new Set(['instance', 'job', ...family(metric).samples.flatMap(({ labels }) => Object.keys(labels))]);
  const expressions = [...fs.readFileSync(path.join(repository, 'docker/grafana/dashboard.json'), 'utf8').matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text));
  assert.ok(expressions.length > 20);
  for (const expression of expressions) {
    const metrics = expression.match(/\b(tidings|process)_[a-z0-9_]+\b/g);
    const used = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list.split(/, */)).concat([...expression.matchAll(/[{,]\s*([a-z_]+)\s*[=!]/g)].map(([, label]) => label));
    for (const metric of metrics) for (const label of used) assert.ok(labelsOf(metric).has(label), `${metric} has no label ${label}: ${expression}`);
  }
  const told = named('docs/operations.md');
  for (const metric of page.families.keys()) assert.ok(told.has(metric), `docs/operations.md does not tell of ${metric}`);
});
