// SPDX-License-Identifier: MIT
// What is left of acknowledged commands when the power fails right after the last acknowledgement.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import nodeTest from 'node:test';
import { allCurrent, cluster, makeLead } from './lib/cluster.mjs';
import { town } from './lib/contract.mjs';
import { Disk, noDisk, syncEveryWrite } from './lib/disk.mjs';
import { embeddedServerOf } from './lib/processes.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
const version = execFileSync('nats-server', ['--version'], { env }).toString().match(/ v(\S+)/)[1];
const [major, minor] = version.split('.').map(Number);
const canSync = major > 2 || (major === 2 && minor >= 10);
const seconds = Number(process.env.POWER_CUT_SECONDS ?? 3);

/** Sends commands for some seconds. @returns the ids of those that were acknowledged. */
async function load(client) {
  const acknowledged = [];
  const end = performance.now() + seconds * 1000;
  await Promise.all(Array.from({ length: 32 }, async () => {
    while (performance.now() < end) {
      const answer = await client.command('CreateLocation', town('Falmouth'));
      assert.equal(answer.status, 202, answer.text);
      acknowledged.push(answer.json.command_id);
    }
  }));
  return acknowledged;
}

/** The ids in COMMANDS of the server whose store is here; undefined when there is no such stream. */
async function kept(world, store) {
  const nats = await world.natsServer({ store });
  return idsIn(await (await world.spy(nats.url)).jetstreamManager());
}

async function idsIn(jsm) {
  const info = await jsm.streams.info('COMMANDS', { subjects_filter: '>' }).catch((error) => {
    if (error.message.includes('stream not found')) return undefined;
    throw error;
  });
  return info && new Set(Object.keys(info.state.subjects ?? {}).map((subject) => subject.split('.')[3]));
}

/** An empty directory on a disk whose power can be cut. */
function storeOn(disk) {
  const store = path.join(disk.root, 'store');
  fs.mkdirSync(store);
  return store;
}

async function cut(world, { durability = 'os', prepare } = {}) {
  const disk = world.adopt(Disk.make(world.directory()));
  const store = storeOn(disk);
  prepare?.(store);
  execFileSync('sync', ['--file-system', store]); // an installed system is on disk
  const tidings = await world.tidings({ store, args: ['--durability', durability] });
  const started = performance.now();
  const acknowledged = await load(tidings.client);
  const took = (performance.now() - started) / 1000;
  const server = await eventually('the nats-server is there', () => embeddedServerOf(tidings.child.pid));
  process.kill(server, 'SIGSTOP');
  const after = world.adopt(disk.cut(world.directory()));
  await tidings.kill();
  const left = await kept(world, path.join(after.root, 'store'));
  const missing = acknowledged.filter((id) => !left?.has(id)).length;
  console.log(`power cut, nats-server ${version}, ${durability}${prepare ? ` with ${prepare.name}` : ''}: ${acknowledged.length} acknowledged in ${took.toFixed(1)} s `
    + `(${Math.round(acknowledged.length / took)}/s), ${missing} missing${left ? '' : ', and the stream with them'}`);
  return { acknowledged: acknowledged.length, missing, log: tidings.child.stderr };
}

const why = noDisk();
const powered = (title, body, reason = why) => (reason ? nodeTest(title, { skip: reason }, () => {}) : test(title, body));

powered('durability os: what was not synced is lost, as is said at start', async (world) => {
  const { acknowledged, missing, log } = await cut(world);
  assert.match(log, /durability os: .*a power cut or a crash of the system may take/);
  // If nothing were missing, the cut would prove nothing about the other modes.
  assert.ok(missing > 0, `${acknowledged} acknowledged`);
});

powered('a store in which every write is synced by the file system keeps all', async (world) => {
  const { acknowledged, missing } = await cut(world, { prepare: syncEveryWrite });
  assert.ok(acknowledged > 50, `${acknowledged} acknowledged`);
  assert.equal(missing, 0);
});

powered('durability fsync keeps all', async (world) => {
  const { acknowledged, missing, log } = await cut(world, { durability: 'fsync' });
  assert.match(log, /durability fsync: what is acknowledged was synced to disk/);
  assert.ok(acknowledged > 50, `${acknowledged} acknowledged`);
  assert.equal(missing, 0);
}, why ?? (canSync ? undefined : `nats-server ${version} cannot sync each write`));

powered('durability replicated keeps all when the server that leads loses its power', async (world) => {
  const disks = [0, 1, 2].map(() => world.adopt(Disk.make(world.directory())));
  const servers = await cluster(world, 3, disks.map(storeOn));
  execFileSync('sync');
  const tidings = await world.tidings({ nats: servers.map(({ url }) => url).join(','), args: ['--durability', 'replicated'], ready: false });
  await tidings.client.waitReady({ deadline: 60_000 });
  const nats = await world.spy(servers.map(({ port }) => `127.0.0.1:${port}`));
  const jsm = await nats.jetstreamManager();
  const { cluster: { leader } } = await allCurrent(jsm, 'COMMANDS');
  const struck = Number(leader.slice(1));

  const acknowledged = await load(tidings.client);
  process.kill(servers[struck].child.pid, 'SIGSTOP');
  const after = world.adopt(disks[struck].cut(world.directory()));
  await servers[struck].kill();
  const missing = async () => {
    const left = await idsIn(jsm);
    return acknowledged.filter((id) => !left?.has(id)).length;
  };

  await world.claim('nothing is missing without it', async () => {
    await eventually('commands go on', async () => (await tidings.client.command('CreateLocation', town('Falmouth'), { wait: 10 })).status === 200, { deadline: 60_000 });
    assert.equal(await missing(), 0);
  });
  await world.claim('nor when it is back, and leads', async () => {
    servers[struck].store = path.join(after.root, 'store');
    await servers[struck].start();
    await makeLead(nats, jsm, 'COMMANDS', leader);
    const lost = await missing();
    console.log(`power cut of the leader, nats-server ${version}, replicated: ${acknowledged.length} acknowledged in ${seconds} s `
      + `(${Math.round(acknowledged.length / seconds)}/s), ${lost} missing`);
    assert.ok(acknowledged.length > 50, `${acknowledged.length} acknowledged`);
    assert.equal(lost, 0);
  });
  await servers[struck].close(); // before the disk it is on
});
