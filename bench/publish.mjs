// SPDX-License-Identifier: MIT
// Puts the last run of make bench into README.md and docs/: node bench/publish.mjs [--force]
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as format from './lib/format.mjs';
import { Results } from './lib/results.mjs';
import { targets } from './lib/targets.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => path.join(root, ...parts);
const read = (file) => fs.readFileSync(file, 'utf8');

const report = JSON.parse(read(at('build/bench/bench.json')));
const results = new Results();
results.samples = report.samples;
results.troubles = report.troubles;

const doubts = [
  report.settings.quick && 'it is the quick version',
  report.troubles.length > 0 && `${report.troubles.length} measurements failed`,
  Object.keys(report.missing).length > 0 && 'not everybody took part',
].filter(Boolean);
if (doubts.length > 0 && !process.argv.includes('--force')) {
  console.error(`not published: ${doubts.join(', ')}; --force does it anyway`);
  process.exit(1);
}

/** Replaces what stands between the two marks of a file. */
function replaceBetween(file, text) {
  const [begin, end] = ['<!-- figures -->', '<!-- end of figures -->'];
  const before = read(file);
  const from = before.indexOf(begin);
  const to = before.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has no ${begin} ... ${end}`);
  fs.writeFileSync(file, `${before.slice(0, from + begin.length)}\n${text.trim()}\n${before.slice(to)}`);
}

function summary() {
  const row = (label, contestant, work, floor) => [
    label, format.rate(results.figure(contestant, work, 'per_second')),
    floor ? format.factor(results.paired([contestant, work, 'per_second'], [...floor, 'per_second'])) : '',
    format.micros(results.figure(contestant, work, 'p50_us')), format.micros(results.figure(contestant, work, 'p99_us')),
    format.cost(results.figure(contestant, work, 'cpu_us')),
  ];
  return format.table(['', 'a second', 'of the floor', 'p50', 'p99', 'own CPU'], [
    row('awaited commands, 256 at a time: floor (nats.c alone)', 'floor', 'floor/256'),
    row('**Tidings**', 'tidings', 'awaited/256', ['floor', 'floor/256']),
    row('a careful gateway in Node (Fastify, @nats-io)', 'node', 'awaited/256', ['floor', 'floor/256']),
    row('queries by key: floor (plain Beast)', 'beast', 'get'),
    row('**Tidings**', 'tidings', 'get', ['beast', 'get']),
    row('the gateway in Node', 'node', 'get', ['beast', 'get']),
  ]);
}

const others = results.samples.map(({ foreign }) => foreign).filter((x) => typeof x === 'number').sort((a, b) => a - b);
const share = others[others.length >> 1] ?? 0;
const caveat = share > 0.05 ? ` Others used ${format.percent(share)} of the machine at the time: a hint, not a measurement.` : '';
const missed = targets(results).filter(({ met }) => met === false).length;

replaceBetween(at('README.md'), `${summary()}

One run on ${report.machine.cpus} cores (${report.machine.cpu}) with nats-server ${report.machine.nats_server} and the load generator on the same machine.${caveat}
${missed > 0 ? `${missed} of the targets in [docs/performance.md](docs/performance.md) are missed.` : 'All targets in [docs/performance.md](docs/performance.md) are met.'}`);
// Headings one level down, and the title is the page's own.
replaceBetween(at('docs/performance.md'), read(at('build/bench/bench.md')).replace(/^# .*\n/, '').replaceAll(/^## /gm, '### '));
fs.copyFileSync(at('build/bench/bench.svg'), at('docs/performance.svg'));
