// SPDX-License-Identifier: MIT
// What is left of acknowledged commands when the power fails right after the last acknowledgement.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import nodeTest from 'node:test';
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
  const jsm = await (await world.spy(nats.url)).jetstreamManager();
  const info = await jsm.streams.info('COMMANDS', { subjects_filter: '>' }).catch((error) => {
    if (error.message.includes('stream not found')) return undefined;
    throw error;
  });
  return info && new Set(Object.keys(info.state.subjects ?? {}).map((subject) => subject.split('.')[3]));
}

async function cut(world, { durability = 'os', prepare } = {}) {
  const disk = world.adopt(Disk.make(world.directory()));
  const store = path.join(disk.root, 'store');
  fs.mkdirSync(store);
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
