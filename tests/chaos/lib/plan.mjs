// SPDX-License-Identifier: MIT
// Which faults come when: made from the seed alone, before anything runs, so that a seed is a plan.
import { faults } from './faults.mjs';

const recovery = 1.5; // seconds of peace for a victim, so that more is tested than being down

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
    // A majority of the servers stays, so that there is something to be durable.
    const lock = ({ kind, name }) => (kind === 'nats' ? 'nats' : name);
    const victim = random.pick(victims);
    const lasts = Math.min(random.between(...faults[choice.fault].lasts), longest);
    at += random.between(...pace);
    if (!victim || (free.get(lock(victim)) ?? 0) > at) continue;
    free.set(lock(victim), at + lasts + recovery);
    result.push({ at, fault: choice.fault, name: choice.name, victim: victim.name, lasts });
  }
  return result;
}

/** Does what was planned; every fault is healed when it returns, also when one of them fails. */
export async function carryOut(planned, { history, surroundings, random }) {
  const start = performance.now();
  const until = (seconds) => new Promise((resolve) => setTimeout(resolve, start + seconds * 1000 - performance.now()));
  const one = async ({ at, fault, name, victim, lasts }, number) => {
    await until(at);
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
    await until(at + lasts);
    await heal();
    history.add({ what: 'heal', number, name, victim });
  };
  const results = await Promise.allSettled(planned.map(one));
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}
