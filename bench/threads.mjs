// SPDX-License-Identifier: MIT
// What several threads give on this machine: one and N in turn, each round with a nats-server and a store of its own.
// Usage: node bench/threads.mjs [--threads N] [--rounds N] [--seconds N]
import { parseArgs } from 'node:util';
import { serveArguments, Tidings } from '../tests/integration/lib/tidings.mjs';
import { wrk } from './lib/load.mjs';
import { Meter } from './lib/meter.mjs';
import { withScratch } from './lib/scratch.mjs';

const { values: args } = parseArgs({ options: {
  threads: { type: 'string', default: '2' }, rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '5' },
} });
const rounds = Number(args.rounds);
const seconds = Number(args.seconds);

const body = '{"name":"Ghent","category":"City","description":"Three towers"}';
const command = (connections) => ({ path: '/commands/CreateLocation', method: 'POST', body, headers: { Prefer: 'wait=30' }, connections });
const works = {
  'awaited commands, 64 connections': command(64),
  'awaited commands, 256 connections': command(256),
  'queries by key, 64 connections': { path: '/queries/GetLocation?id=doc', connections: 64 },
};

async function measure(work, threads) {
  return withScratch(async (scratch) => {
    const nats = await scratch.nats();
    const gateway = scratch.keep(Tidings.launch(serveArguments({ nats: nats.url, args: ['--threads', String(threads)] })));
    await gateway.listening();
    await gateway.client.waitReady();
    const seed = await gateway.client.command('CreateLocation', { ...JSON.parse(body), id: 'doc' }, { wait: 10 });
    if (seed.status !== 200) throw new Error(`${seed.status} ${seed.text}`);
    const meter = new Meter([gateway.child.pid]);
    const result = meter.charge(await wrk({ origin: gateway.origin, ...works[work], seconds, warmUp: 1 }, meter));
    if (result.failed > 0) throw new Error(`${result.failed} of ${result.count} requests failed`);
    return result;
  });
}

const samples = new Map(Object.keys(works).map((work) => [work, []]));
for (let round = 1; round <= rounds; round += 1)
  for (const work of samples.keys()) {
    // Whoever is always second finds a warmer machine.
    const order = round % 2 ? [1, Number(args.threads)] : [Number(args.threads), 1];
    const figures = {};
    for (const threads of order) figures[threads] = await measure(work, threads);
    samples.get(work).push({ one: figures[1], many: figures[args.threads] });
    process.stderr.write(`round ${round}, ${work}: ${Math.round(figures[1].per_second)} and ${Math.round(figures[args.threads].per_second)} a second\n`);
  }

const told = (pairs, of) => {
  const ratios = pairs.map(({ one, many }) => of(many) / of(one)).sort((a, b) => a - b);
  const show = (x) => x.toFixed(2);
  return `${show(ratios[Math.floor(ratios.length / 2)])} (${show(ratios[0])} to ${show(ratios.at(-1))})`;
};
const foreign = [...samples.values()].flat().flatMap(({ one, many }) => [one.foreign, many.foreign]).sort((a, b) => a - b);
console.log(`${rounds} rounds of ${seconds} s; of the machine, others took ${Math.round(foreign[Math.floor(foreign.length / 2)] * 100)} % (median)\n`);
console.log(`| work | requests a second, ${args.threads} threads : 1 | CPU of Tidings a request, ${args.threads} threads : 1 |\n|---|---|---|`);
for (const [work, pairs] of samples) console.log(`| ${work} | ${told(pairs, (x) => x.per_second)} | ${told(pairs, (x) => x.cpu_us)} |`);
