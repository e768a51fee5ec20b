// SPDX-License-Identifier: MIT
// One run: start, load, faults, heal, read, check. Everything about it stays in its directory.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { connect } from '../../integration/lib/nats.mjs';
import { newSession, ownerOf } from '../../integration/lib/streams.mjs';
import { timely } from '../../integration/lib/wait.mjs';
import { check } from './checker.mjs';
import { busSender, ChaosClient, httpSender } from './client.mjs';
import { Cluster } from './cluster.mjs';
import { disk } from './disk.mjs';
import { crashEverywhere } from './failpoints.mjs';
import { fromGateways, fromNats, quiet } from './final_state.mjs';
import { Follower } from './follower.mjs';
import { History } from './history.mjs';
import { serveLedgers, Workload } from './model.mjs';
import { carryOut, plan } from './plan.mjs';
import { Random } from './random.mjs';

const settling = 60_000; // milliseconds for each step after the last fault

/** Three kinds of clients, each with work of its own; those with a session follow it. */
function people({ cluster, random, history, sessions, nats, each, think }) {
  const clients = [];
  const followers = [];
  const senders = [];
  const add = (name, owner, sender) => {
    senders.push(sender);
    clients.push(new ChaosClient({ name, owner, random: random.fork(name), workload: new Workload(name, random.fork(`${name}/work`), { alwaysKeyed: owner === 'public' }), history, send: sender.send, think }));
  };
  for (const [owner, session] of sessions) {
    const name = `follower-${followers.length}`;
    followers.push(new Follower({ name, owner, session, origins: cluster.origins, random: random.fork(name), history }));
  }
  const owners = [...sessions.keys()];
  for (let i = 0; i < each; i += 1) {
    // Two clients share a session, as two tabs do; the last session only listens.
    const owner = owners[i];
    const http = { origins: cluster.origins, session: sessions.get(owner), random: random.fork(`http ${i}`) };
    add(`await-${i}`, owner, httpSender({ ...http, wait: 2 }));
    add(`async-${i}`, owner, httpSender(http));
    add(`bus-${i}`, 'public', busSender({ connection: nats, random: random.fork(`bus ${i}`) }));
  }
  return { clients, followers, close: () => senders.forEach((sender) => sender.close()) };
}

function planFor({ cluster, followers, hasDisk, ...how }) {
  const names = (kind) => cluster.of(kind).map(({ name }) => name);
  return plan({ ...how, has: { nats: names('nats'), gateway: names('gateway'), reactor: names('reactor'), consumer: ['consumer'],
    handler: ['handler'], follower: followers.map(({ name }) => name), disk: hasDisk } });
}

/**
 * @param options {seed, faults (how many) or crashes (at each failpoint, or only at points), directory, servers, each (clients of a kind),
 * longest (seconds of a fault), pace (seconds between faults), think (milliseconds between a client's commands)}
 * @returns {violations, counts, notes, digest (of the plan), points (crashes at failpoints)}
 */
export async function run({ seed, faults: count, crashes, points, directory, servers = 1, each = 4, longest, pace, think }) {
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(path.join(directory, 'store'), { recursive: true });
  const random = new Random(seed);
  const history = new History(path.join(directory, 'history.jsonl'));
  const notes = [];
  const store = path.join(directory, 'store');
  const undo = [() => fs.rmSync(store, { recursive: true, force: true, maxRetries: 5 })];
  let hasDisk = true;
  try {
    for (let i = 1; i <= servers; i += 1) {
      const own = path.join(store, `nats-${i}`);
      fs.mkdirSync(own);
      undo.push(disk.mount(own));
    }
  } catch (error) {
    hasDisk = false;
    notes.push(`no disk of its own, so it never gets full: ${String(error.stderr ?? error.message).trim()}`);
  }
  try {
    const cluster = await Cluster.start({ servers, history, directory, store });
    undo.push(() => cluster.close());
    const open = async () => {
      const connection = await connect({ servers: cluster.natsUrls, maxReconnectAttempts: -1, reconnectTimeWait: 50, reconnectJitter: 20, noRandomize: true, timeout: 20_000 });
      undo.push(() => timely('the NATS client closes', connection.close(), 5_000).catch(() => {}));
      return connection;
    };
    const [nats, rules] = [await open(), await open()];
    const handler = { pace: 0 };
    serveLedgers(rules, () => handler.pace);
    await rules.flush();

    const sessions = new Map();
    for (let i = 0; i <= each; i += 1) {
      const { session } = await newSession(cluster.of('gateway')[0].client);
      sessions.set(ownerOf(session), session);
    }
    const stranger = (await newSession(cluster.of('gateway')[0].client)).session;
    const { clients, followers, close } = people({ cluster, random, history, sessions, nats, each, think });
    undo.push(close);
    for (const x of [...followers, ...clients]) x.start();

    let planned = [];
    let deaths;
    if (crashes) {
      deaths = await crashEverywhere({ cluster, nats, history, random: random.fork('crashes'), times: crashes, names: points });
    } else {
      planned = planFor({ cluster, followers, hasDisk, random: random.fork('plan'), count, longest, pace });
      fs.writeFileSync(path.join(directory, 'plan.json'), JSON.stringify(planned, null, 1));
      const surroundings = (victim) => ({ cluster, nats, handler, history, node: cluster.nodes.get(victim), links: cluster.links.get(victim),
        follower: followers.find(({ name }) => name === victim) });
      await carryOut(planned, { history, surroundings, random: random.fork('faults') });
    }
    history.add({ what: 'healed' });

    await cluster.ready(settling);
    await timely('every client ends', Promise.all(clients.map((client) => client.stop())), 2 * settling);
    await quiet(nats, settling);
    const state = await fromNats(nats);
    for (const follower of followers) {
      const last = Math.max(0, ...state.notifications.filter(({ owner }) => owner === follower.owner).map(({ seq }) => seq));
      await follower.caughtUp(last, settling).catch((error) => notes.push(error.message)); // the checker says what is missing
    }
    await Promise.all(followers.map((follower) => follower.stop()));
    const seen = await fromGateways(cluster.of('gateway'), state, { sessions, stranger, random: random.fork('sample') });
    const final = { ...state, ...seen };
    fs.writeFileSync(path.join(directory, 'final.json'), JSON.stringify(final));
    const verdict = check(history.lines, final);
    return { ...verdict, points: deaths, notes, digest: createHash('sha256').update(JSON.stringify(planned)).digest('hex').slice(0, 12) };
  } finally {
    for (const step of undo.reverse()) await step();
    history.close();
  }
}
