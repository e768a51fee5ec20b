// SPDX-License-Identifier: MIT
// `--durability`: what holds is said, and what the NATS server cannot keep is refused.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { cluster } from './lib/cluster.mjs';
import { checkCompleted, town } from './lib/contract.mjs';
import { freePort } from './lib/ports.mjs';
import { scrape } from './lib/prometheus.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
const version = execFileSync('nats-server', ['--version'], { env }).toString().match(/ v(\S+)/)[1];
const [major, minor] = version.split('.').map(Number);
const canSync = major > 2 || (major === 2 && minor >= 10);
const escaped = version.replaceAll('.', '\\.');

/** Starts with these arguments; must end with 2 and a last line that says all of this. */
async function refused(world, args, ...hints) {
  const { child } = world.launch(['serve', '--listen', '127.0.0.1:0', ...args]);
  const { code } = await child.exited(60_000);
  assert.equal(code, 2, child.stderr);
  const sentence = child.stderr.trimEnd().split('\n').at(-1);
  for (const hint of hints) assert.match(sentence, hint);
  return child;
}

async function promises(tidings, promise, words) {
  assert.equal((await scrape(tidings.client)).value('tidings_durability', { promise }), 1);
  assert.match(tidings.child.stderr, words);
}

/** A server whose greeting names another version. */
async function disguised(world, server, as) {
  const proxy = net.createServer((client) => {
    const upstream = net.connect(server.port, '127.0.0.1');
    upstream.once('data', (chunk) => {
      client.write(chunk.toString('latin1').replace(`"version":"${version}"`, `"version":"${as}"`), 'latin1');
      upstream.pipe(client);
    });
    client.pipe(upstream);
    for (const end of [client, upstream]) end.on('error', () => {}).on('close', () => [client, upstream].forEach((x) => x.destroy()));
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  world.adopt({ close: () => proxy.close() });
  return `nats://127.0.0.1:${proxy.address().port}`;
}

test('os is the default, and what it is worth is said at start', async (world) => {
  const tidings = await world.tidings();
  await promises(tidings, 'os', /info durability os: what is acknowledged survives the end of any process; a power cut/);
});

test('fsync is refused by a server that cannot', async (world) => {
  const server = await world.natsServer();
  if (!canSync) {
    await world.claim('our own', () => refused(world, ['--durability', 'fsync', '--store', world.directory()],
      new RegExp(`--durability fsync needs nats-server 2\\.10 or newer: the nats-server in PATH is ${escaped}`)));
    await world.claim('one elsewhere', () => refused(world, ['--durability', 'fsync', '--nats', server.url],
      new RegExp(`the NATS server is ${escaped}, which cannot sync each write`)));
  }
  await world.claim('an old one of several', async () => refused(world,
    ['--durability', 'fsync', '--nats', `${await disguised(world, server, '2.10.27')},${await disguised(world, server, '2.9.25')}`],
    /the NATS server is 2\.9\.25/));
  await world.claim('one that is not there', async () => refused(world,
    ['--durability', 'fsync', '--nats', `nats://127.0.0.1:${await freePort()}`], /cannot be checked: nobody answers at/));
  await world.claim('one that is no NATS', async () => {
    const other = net.createServer((socket) => socket.end('220 mail\r\n'));
    await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
    world.adopt({ close: () => other.close() });
    await refused(world, ['--durability', 'fsync', '--nats', `nats://127.0.0.1:${other.address().port}`], /nobody answers at/);
  });
});

test('fsync with a newer server elsewhere holds as far as can be known', async (world) => {
  const server = await world.natsServer();
  const tidings = await world.tidings({ nats: await disguised(world, server, '2.10.27'), args: ['--durability', 'fsync'] });
  await promises(tidings, 'fsync', /survives a power cut, provided that the NATS server has `sync_interval: always`/);
  checkCompleted(await tidings.client.command('CreateLocation', town('Falmouth'), { wait: 10 }));
});

test('fsync with our own newer server tells it to sync every write', async (world) => {
  // A nats-server that calls itself newer; what it is told it notes, and leaves out what an older one does not know.
  const bin = world.directory();
  const real = execFileSync('sh', ['-c', 'command -v nats-server'], { env }).toString().trim();
  fs.writeFileSync(path.join(bin, 'nats-server'), `#!/bin/sh
[ "$1" = --version ] && echo "nats-server: v2.10.27" && exit
echo "$@" > "${bin}/arguments"
for word; do shift; case "$word" in -c) skip=1; continue;; esac; if [ -n "$skip" ]; then cp "$word" "${bin}/conf"; skip=; continue; fi; set -- "$@" "$word"; done
exec ${real} "$@"
`, { mode: 0o755 });
  const store = world.directory();
  const tidings = await world.tidings({ store, args: ['--durability', 'fsync'], env: { PATH: `${bin}:${env.PATH}` } });
  await promises(tidings, 'fsync', /durability fsync: what is acknowledged was synced to disk/);
  assert.match(fs.readFileSync(path.join(bin, 'arguments'), 'utf8'), new RegExp(`-c ${store}/nats-server\\.conf`));
  assert.equal(fs.readFileSync(path.join(bin, 'conf'), 'utf8'), 'jetstream { sync_interval: always }\n');
});

test('replicated is refused without a cluster', async (world) => {
  await refused(world, ['--durability', 'replicated', '--store', world.directory()], /--durability replicated needs a NATS cluster: give its addresses with --nats/);
  const server = await world.natsServer();
  await refused(world, ['--durability', 'replicated', '--nats', server.url], /needs a NATS cluster of three servers with JetStream: replicas > 1 not supported/);
});

test('replicated keeps everything on three servers, and refuses what is kept on one', async (world) => {
  const servers = await cluster(world, 3);
  const nats = servers.map(({ url }) => url).join(',');
  const tidings = await world.tidings({ nats, args: ['--durability', 'replicated'], ready: false });
  await tidings.client.waitReady({ deadline: 60_000 });
  await promises(tidings, 'replicated', /durability replicated: what is acknowledged is on a majority of at least three servers/);
  const jsm = await (await world.spy(servers[0].url)).jetstreamManager();
  const streams = await jsm.streams.list().next();
  assert.deepEqual([...new Set(streams.map((x) => x.config.num_replicas))], [3]);
  await world.claim('and one of them may go', async () => {
    await servers[2].kill();
    await eventually('commands go on', async () => (await tidings.client.command('CreateLocation', town('Falmouth'), { wait: 10 })).status === 200, { deadline: 40_000 });
  });
  await tidings.stop();
  await world.claim('a stream on one server', async () => {
    await servers[2].start();
    await jsm.streams.delete('DEAD_LETTERS');
    await jsm.streams.add({ name: 'DEAD_LETTERS', subjects: ['dead.*.*'], num_replicas: 1, allow_direct: true });
    await refused(world, ['--durability', 'replicated', '--nats', nats], /stream DEAD_LETTERS has 1 replica, expected 3: .* or start with --durability os/);
  });
});

test('replicated is refused by a cluster of two', async (world) => {
  const servers = await cluster(world, 2);
  await refused(world, ['--durability', 'replicated', '--nats', servers.map(({ url }) => url).join(',')], /needs a NATS cluster of three servers with JetStream/);
});
