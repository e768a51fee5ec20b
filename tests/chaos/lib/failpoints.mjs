// SPDX-License-Identifier: MIT
// The reactor dies at every step of its work, again and again: two reactors, each with a failpoint ahead of it, and as soon
// as one has died the other takes over and runs into its own.
import fs from 'node:fs';
import path from 'node:path';
import { headers } from '../../integration/lib/nats.mjs';
import { repository } from '../../integration/lib/tidings.mjs';
import { timely } from '../../integration/lib/wait.mjs';
import { poison } from './faults.mjs';

const patience = 15_000; // milliseconds for a failpoint to be reached

/** What is passed only on the way to DEAD_LETTERS. */
const needsPoison = (name) => name.endsWith('_bury');

/** What is not passed with every command. */
const isRare = (name) => needsPoison(name) || name.startsWith('takeover.');

/** All that are in the sources, so that a new one is tested without a list. */
export function failpoints() {
  const folder = path.join(repository, 'actors');
  const sources = fs.readdirSync(folder).filter((name) => name.endsWith('.cpp')).map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
  return [...new Set(sources.flatMap((text) => [...text.matchAll(/failpoint\("([a-z_.]+)"\)/g)].map(([, name]) => name)))].sort();
}

/** Nobody need wait until the dead one's lease runs out: it is dead for certain. */
async function freeLease(nats) {
  const deleted = headers();
  deleted.set('KV-Operation', 'DEL');
  nats.publish('$KV.tidings_leases.reactor', undefined, { headers: deleted });
  await nats.flush();
}

/**
 * @param times How often each failpoint.
 * @returns Counts by name; a failpoint that was not reached in time is counted as missed.
 */
export async function crashEverywhere({ cluster, nats, history, random, times, names = failpoints() }) {
  const orders = Array.from({ length: times }, () => names).flat().map((name) => ({ name, passage: isRare(name) ? 1 : 1 + random.below(25), rank: random.next() }));
  orders.sort((a, b) => a.rank - b.rank);
  const reactors = cluster.of('reactor');
  const armed = new Map();
  const counts = { crashes: {}, missed: {} };
  const arm = async (node) => {
    const order = orders.shift();
    if (order) order.env = { TIDINGS_FAILPOINT: `${order.name}:${order.passage}` };
    armed.set(node, order);
    node.mortal = order !== undefined;
    // In the end one without an order would keep the lease from the last that has one.
    if (order) await node.start({ env: order.env });
  };
  for (const node of reactors) {
    await node.kill();
    await arm(node);
  }
  await freeLease(nats);
  for (let number = 1; [...armed.values()].some(Boolean); number += 1) {
    const waiting = reactors.filter((node) => armed.get(node));
    if (waiting.some((node) => needsPoison(armed.get(node).name))) await poison(nats, history, random);
    const dead = await timely('a failpoint is reached', Promise.race(waiting.map((node) => node.child.closed.then(() => node))), patience)
      .catch(() => undefined);
    const node = dead ?? waiting[0];
    const { name, passage } = armed.get(node);
    history.add({ what: dead ? 'fault' : 'fizzle', number, name, victim: node.name, passage });
    const kind = dead ? counts.crashes : counts.missed;
    kind[name] = (kind[name] ?? 0) + 1;
    if (!dead) for (const stuck of waiting) await stuck.kill();
    await freeLease(nats);
    await arm(node);
    if (!dead) for (const other of waiting.slice(1)) await other.start({ env: armed.get(other).env });
  }
  for (const node of reactors) await node.start();
  return counts;
}
