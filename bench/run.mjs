// SPDX-License-Identifier: MIT
// make bench: Tidings beside the floors and beside what people would use instead, in one run on this machine.
// Usage: node bench/run.mjs [--quick] [--rounds N] [--seconds N] [--only TEXT] [--soak SECONDS] [--out DIRECTORY]
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawChart } from './lib/chart.mjs';
import { describeMachine } from './lib/procfs.mjs';
import { expectSteps, note, progress, skipSteps } from './lib/progress.mjs';
import { Results } from './lib/results.mjs';
import { commandScenes } from './lib/scenes_commands.mjs';
import { eventScenes } from './lib/scenes_events.mjs';
import { queryScenes, sizeScenes } from './lib/scenes_queries.mjs';
import { soakScene } from './lib/scene_soak.mjs';
import { withScratch } from './lib/scratch.mjs';
import { renderReport } from './lib/report.mjs';
import { versions } from './lib/versions.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values: args } = parseArgs({ options: {
  quick: { type: 'boolean', default: false }, rounds: { type: 'string' }, seconds: { type: 'string' }, only: { type: 'string' }, soak: { type: 'string' },
  out: { type: 'string', default: path.join(root, 'build/bench') },
} });

const number = (text, otherwise) => (text === undefined ? otherwise : Number(text));
const settings = {
  quick: args.quick,
  rounds: number(args.rounds, args.quick ? 1 : 3),
  seconds: number(args.seconds, args.quick ? 2 : 5),
  warmUp: 1,
  rates: args.quick ? [1000] : [500, 2000, 5000, 10_000],
};

/** What is worth several rounds, and what takes long and varies little. */
const everyRound = [...commandScenes(settings), ...queryScenes(settings)];
const once = [...eventScenes(settings), ...sizeScenes(settings), ...(args.soak ? [soakScene(Number(args.soak))] : [])];
const wanted = (scene) => !args.only || `${scene.contestant.name} ${scene.title} ${scene.works.join(' ')}`.includes(args.only);

const plan = [];
for (let round = 1; round <= settings.rounds; round += 1) {
  // Whoever is always last finds a warmer machine and a fuller disk.
  const order = round % 2 ? everyRound : [...everyRound].reverse();
  for (const scene of order) plan.push({ scene, round });
}
for (const scene of once) plan.push({ scene, round: 1 });

const results = new Results();
const missing = new Map();
const runnable = plan.filter(({ scene }) => {
  const why = scene.contestant.missing?.();
  if (why) missing.set(scene.contestant.title, why);
  return wanted(scene) && !why;
});
for (const [who, why] of missing) note(`${who} is left out: ${why}`);

const machine = { ...describeMachine(), ...versions() };
const began = new Date();
expectSteps(runnable.reduce((sum, { scene }) => sum + scene.works.length, 0));
for (const { scene, round } of runnable) {
  const { contestant, works } = scene;
  const label = (work) => `round ${round}: ${contestant.title}, ${work}`;
  const begun = new Set();
  const step = (work) => {
    if (!begun.has(work)) progress(label(work));
    begun.add(work);
  };
  const failed = (work, why) => {
    note(`${label(work)}: ${why}`);
    results.trouble(contestant.name, work, round, why);
  };
  const record = (work, figures) => {
    results.add(contestant.name, work, round, figures);
    if (figures.failed > 0) failed(work, `${figures.failed} of ${figures.count} requests failed`);
  };
  if (works.length === 1) step(works[0]);
  try {
    await withScratch((scratch) => scene.run({ scratch, settings, record, step }));
  } catch (error) {
    // The rest is still worth having; the report says what is missing.
    failed([...begun].at(-1) ?? scene.title, error.message);
  }
  skipSteps(works.filter((work) => !begun.has(work)).length);
}

const seconds = (Date.now() - began) / 1000;
const report = { began: began.toISOString(), seconds, settings, machine, missing: Object.fromEntries(missing), troubles: results.troubles, samples: results.samples };
fs.mkdirSync(args.out, { recursive: true });
const write = (name, text) => fs.writeFileSync(path.join(args.out, name), text);
write('bench.json', `${JSON.stringify(report, null, 1)}\n`);
const table = renderReport(results, report);
write('bench.md', table);
write('bench.svg', drawChart(results));
note(`done in ${Math.round(seconds)} s; written to ${path.relative(process.cwd(), args.out) || '.'}: bench.md, bench.svg, bench.json`);
process.stdout.write(table);
process.exitCode = results.troubles.length > 0 ? 1 : 0;
