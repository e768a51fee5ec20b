// SPDX-License-Identifier: MIT
// Which faults come when: made from the seed alone, before anything runs, so that a seed is a plan.
import { pause } from '../../integration/lib/wait.mjs';
import { faults } from './faults.mjs';

const recovery = 1.5; // seconds of peace for a victim, so that more is tested than being down

/** One fault at a time for each of these. Of the servers a majority stays, so that there is something to be durable. */
const lockOf = (victim) => (victim.startsWith('nats-') ? 'nats' : victim);

/**
 * @param has What this run has of each kind, {kind: [names]}, and whether there is a `disk`.
 * @returns [{at, fault, victim, lasts}] in seconds from the start, by time; `fault` is an index of the table.
 */
export function plan({ random, count, has, pace = [0.3, 1.7], longest = Infinity }) {
  const free = new Map(); // victim -> when it may be hit again
  const choices = faults.flatMap(({ name, of, weight, available }, fault) =>
    (available?.(has) ?? true) ? [{ fault, name, of, weight }] : []);
  const result = [];
  let at = 1;
  while (result.length < count) {
    const choice = random.weighted(choices);
    const victims = choice.of.flatMap((kind) => (has[kind] ?? []).map((name) => ({ kind, name })));
    const victim = random.pick(victims);
    const lasts = Math.min(random.between(...faults[choice.fault].lasts), longest);
    at += random.between(...pace);
    if (!victim || (free.get(lockOf(victim.name)) ?? 0) > at) continue;
    free.set(lockOf(victim.name), at + lasts + recovery);
    result.push({ at, fault: choice.fault, name: choice.name, victim: victim.name, lasts });
  }
  return result;
}

/** Does what was planned; every fault is healed when it returns, also when one of them fails. */
export async function carryOut(planned, { history, surroundings, random }) {
  const start = performance.now();
  const until = (seconds) => new Promise((resolve) => setTimeout(resolve, start + seconds * 1000 - performance.now()));
  const busy = new Map(); // lock -> the end of the last fault that was begun
  const one = async (what, number) => {
    await until(what.at);
    // On a slow machine the one before may not be over yet.
    const before = busy.get(lockOf(what.victim));
    const mine = (before ?? Promise.resolve()).then(() => strike(what, number));
    busy.set(lockOf(what.victim), mine.catch(() => {}));
    return mine;
  };
  const strike = async ({ fault, name, victim, lasts }, number) => {
    const begun = performance.now();
    const context = { ...surroundings(victim), random: random.fork(`fault ${number}`) };
    history.add({ what: 'fault', number, name, victim, lasts });
    let heal;
    try {
      heal = await faults[fault].inject(context);
    } catch (error) {
      // The server that would delete a consumer may be down itself: a fault that did not happen.
      history.add({ what: 'fizzle', number, name, victim, why: error.message });
      return;
    }
    await pause(begun + lasts * 1000 - performance.now());
    await heal();
    history.add({ what: 'heal', number, name, victim });
  };
  const results = await Promise.allSettled(planned.map(one));
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}
