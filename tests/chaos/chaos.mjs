#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// node chaos.mjs --seed 1 [--seed 2 ...] [--faults 40] [--servers 1|3] [--clients 4] [--longest SECONDS] [--minutes M]
// --crashes N instead of --faults: a reactor dies N times at each failpoint (needs the preset chaos).
// Ends with 0 if every promise was kept. A run that fails keeps its history, plan, final state and logs.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { repository } from '../integration/lib/tidings.mjs';
import { report, summary } from './lib/report.mjs';
import { run } from './lib/run.mjs';

const { values } = parseArgs({ options: {
  seed: { type: 'string', multiple: true, default: ['1'] },
  faults: { type: 'string', default: '40' },
  servers: { type: 'string', default: '1' },
  clients: { type: 'string', default: '4' },
  longest: { type: 'string' },
  minutes: { type: 'string' },
  pace: { type: 'string', default: '1' },
  crashes: { type: 'string' },
  keep: { type: 'boolean', default: false },
} });

const number = (name) => {
  const value = Number(values[name]);
  if (!(value > 0)) {
    console.error(`--${name} must be a number above 0, not ${values[name]}`);
    process.exit(2);
  }
  return value;
};

const pace = number('pace');
const options = {
  faults: number('faults'), crashes: values.crashes && number('crashes'), servers: number('servers'), each: number('clients'),
  longest: values.longest && number('longest'), pace: [0.3 * pace, 1.7 * pace],
};
if (![1, 3].includes(options.servers)) throw new Error('--servers must be 1 or 3');

const until = values.minutes ? performance.now() + number('minutes') * 60_000 : undefined;
const results = [];
for (let i = 0; until ? performance.now() < until : i < values.seed.length; i += 1) {
  // With a time limit the seeds go on from the last one that was given.
  const seed = values.seed[i] ?? String(Number(values.seed.at(-1)) + i - values.seed.length + 1);
  const directory = path.join(repository, 'build/chaos', `${seed}`);
  const begun = performance.now();
  let result;
  try {
    result = await run({ ...options, seed, directory });
  } catch (error) {
    result = { violations: [{ kind: 'run', text: error.stack }], counts: {}, notes: [] };
  }
  results.push({ seed, seconds: (performance.now() - begun) / 1000, ...result });
  report(results.at(-1), { directory, options });
  if (result.violations.length === 0 && !values.keep) fs.rmSync(directory, { recursive: true, force: true });
}
summary(results);
process.exit(results.every(({ violations }) => violations.length === 0) ? 0 : 1);
