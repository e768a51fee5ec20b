// SPDX-License-Identifier: MIT
// What nats-server itself does to a replicated stream, without Tidings: three servers, one bucket, a few publishes with
// Nats-Expected-Last-Subject-Sequence. docs/durability.md says what 2.9.10 makes of it.
//
//   node server_alone.mjs refusal     a creation is refused, a follower is killed and started again, one more publish: are all copies equal?
//   node server_alone.mjs control     the same without the refused creation
//   node server_alone.mjs race        eight updates of one revision at the same time: does one of them succeed?
//
// Exit code 0: yes. 1: no. 2: it could not be told.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { NatsServer } from '../integration/lib/nats_server.mjs';
import { freePort } from '../integration/lib/ports.mjs';
import { eventually, pause } from '../integration/lib/wait.mjs';

const { connect, headers } = createRequire(import.meta.resolve('../integration/package.json'))('nats');
const mode = process.argv[2] ?? 'refusal';
const stream = 'KV_b';
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'server-alone-'));
const servers = new Map(); // by name

async function startServers() {
  const ports = await Promise.all([1, 2, 3].map(freePort));
  const routes = ports.map((port) => `nats://127.0.0.1:${port}`);
  await Promise.all(routes.map(async (route, i) => {
    const name = `n${i + 1}`;
    servers.set(name, await NatsServer.start({ store: path.join(directory, name), args: [
      '--server_name', name, '--cluster_name', 'alone', '--cluster', route, '--routes', routes.join(','), '--no_advertise'] }));
  }));
}

let nats;
const ask = async (what, body = {}) => (await nats.request(`$JS.API.STREAM.${what}`, JSON.stringify(body), { timeout: 2_000 })).json();
const leader = async () => (await ask(`INFO.${stream}`)).cluster?.leader;
const allCurrent = () => eventually('all copies are current', async () => {
  const { cluster } = await ask(`INFO.${stream}`);
  return cluster?.leader && cluster.replicas?.length === 2 && cluster.replicas.every(({ current, lag }) => current && !lag);
}, { deadline: 40_000, every: 200 });

async function makeBucket() {
  await eventually('the bucket exists', async () => {
    const { error } = await ask(`CREATE.${stream}`, { name: stream, subjects: ['$KV.b.>'], num_replicas: 3, storage: 'file', retention: 'limits',
      max_msgs_per_subject: 1, discard: 'new', allow_rollup_hdrs: true, deny_delete: true, allow_direct: true });
    return !error;
  }, { deadline: 30_000, every: 200 });
  await allCurrent();
}

/** Publishes if the key's last sequence is `after`; returns the sequence that was acknowledged, or nothing when it was refused. */
async function publish(key, text, after) {
  const header = headers();
  header.append('Nats-Expected-Last-Subject-Sequence', String(after));
  const { seq, error } = (await nats.request(`$KV.b.${key}`, text, { headers: header, timeout: 2_000 })).json();
  console.log(`${key} ${text}: ${error ? `refused, ${error.description}` : `acknowledged as ${seq}`}`);
  return seq || undefined;
}

async function crashOfAFollower() {
  const created = await publish('a', 'created', 0);
  if (mode === 'refusal') await publish('a', 'created again', 0);
  await publish('a', 'updated', created);
  await pause(500);
  const leads = await leader();
  const follower = [...servers.keys()].find((name) => name !== leads);
  console.log(`${leads} leads; ${follower} is killed and started again`);
  await servers.get(follower).kill();
  await servers.get(follower).start();
  await allCurrent();
  await publish('b', 'created', 0);
  return equal(await copies());
}

/** Each server's copy, told while it leads: by name, sequence and entry. */
async function copies() {
  const all = new Map();
  await eventually('every server led once', async () => {
    const name = await leader();
    if (name && !all.has(name)) {
      const copy = await entries();
      if ((await leader()) === name) all.set(name, copy);
    }
    if (all.size < servers.size) await ask(`LEADER.STEPDOWN.${stream}`);
    return all.size === servers.size;
  }, { deadline: 60_000, every: 300 });
  return all;
}

async function entries() {
  const found = [];
  for (let seq = 1; ; seq += 1) {
    const { message, error } = await ask(`MSG.GET.${stream}`, { seq, next_by_subj: '>' });
    if (error) return found.join(', ');
    found.push(`${(seq = message.seq)}: ${message.subject.slice(6)} ${Buffer.from(message.data, 'base64')}`);
  }
}

function equal(all) {
  for (const [name, copy] of [...all].sort()) console.log(`copy of ${name}: ${copy}`);
  return new Set(all.values()).size === 1;
}

async function race() {
  const created = await publish('a', 'created', 0);
  const won = await Promise.all(Array.from({ length: 8 }, (_, i) => publish('a', `racer ${i}`, created)));
  return won.filter(Boolean).length === 1;
}

try {
  await startServers();
  nats = await connect({ servers: [...servers.values()].map(({ port }) => `127.0.0.1:${port}`), maxReconnectAttempts: -1, ignoreClusterUpdates: true });
  await makeBucket();
  const good = await (mode === 'race' ? race() : crashOfAFollower());
  console.log(good ? 'as it should be' : 'NOT as it should be');
  process.exitCode = good ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 2;
} finally {
  await nats?.close();
  for (const server of servers.values()) await server.close().catch(() => {});
  fs.rmSync(directory, { recursive: true, force: true });
}
