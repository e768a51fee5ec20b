// SPDX-License-Identifier: MIT
// What is made of the samples, without measuring anything.
import assert from 'node:assert/strict';
import test from 'node:test';
import { drawChart } from './lib/chart.mjs';
import * as format from './lib/format.mjs';
import { renderReport } from './lib/report.mjs';
import { median, Results } from './lib/results.mjs';
import { slope } from './lib/scene_soak.mjs';
import { assertSameStreams } from './lib/streams.mjs';
import { targets } from './lib/targets.mjs';

function sampled(...rows) {
  const results = new Results();
  for (const [contestant, work, round, figures] of rows) results.add(contestant, work, round, figures);
  return results;
}

const report = {
  began: '2026-01-05T10:00:00Z', seconds: 60, settings: { rounds: 3, seconds: 5 }, missing: {},
  machine: { cpu: 'a CPU', cpus: 2, memory_gib: 8, kernel: '6', nats_server: '2', node: '20', commit: 'abc' },
};

test('the median of an even number of values lies between the two in the middle', () => {
  assert.equal(median([9, 1, 3]), 3);
  assert.equal(median([9, 1, 3, 5]), 4);
});

test('a ratio is of pairs of one round, and a round without its pair does not count', () => {
  const results = sampled(
    ['tidings', 'awaited/256', 1, { per_second: 50 }], ['floor', 'floor/256', 1, { per_second: 100 }],
    // The machine was disturbed for the whole second round.
    ['tidings', 'awaited/256', 2, { per_second: 5 }], ['floor', 'floor/256', 2, { per_second: 10 }],
    ['tidings', 'awaited/256', 3, { per_second: 90 }],
  );
  const pair = results.paired(['tidings', 'awaited/256', 'per_second'], ['floor', 'floor/256', 'per_second']);
  assert.deepEqual(pair, { value: 0.5, low: 0.5, high: 0.5 });
});

test('a target is met, missed, or said not to have been measured', () => {
  const of = (perSecond) => targets(sampled(
    ['tidings', 'awaited/256', 1, { per_second: perSecond, cpu_us: 34 }], ['floor', 'floor/256', 1, { per_second: 100 }],
  ));
  const state = (list, text) => list.find((target) => target.text.includes(text)).met;
  assert.equal(state(of(60), '60 % of the floor'), true);
  assert.equal(state(of(59), '60 % of the floor'), false);
  assert.equal(state(of(60), 'Node gateway'), undefined);
  assert.equal(state(of(60), 'below 35'), true);
});

test('the report of any part of a run can be written, and names what failed', () => {
  const empty = renderReport(new Results(), { ...report });
  assert.match(empty, /not measured/);
  assert.doesNotMatch(empty, /NaN|undefined|null/);
  const results = sampled(['tidings', 'awaited/1', 1, { per_second: 1000, p50_us: 300, p99_us: 900, p999_us: 1500, cpu_us: 40, foreign: 0.4 }]);
  results.trouble('node', 'awaited/1', 2, 'it fell over\nand more');
  const text = renderReport(results, report);
  assert.match(text, /\| \*\*Tidings\*\*, 1 connection \| 1,000 \|/);
  assert.match(text, /round 2, node, awaited\/1: it fell over$/m);
  assert.match(text, /Others took 40 %.*too much/);
  assert.doesNotMatch(text, /NaN|undefined/);
});

test('the chart leaves out what was not measured', () => {
  assert.match(drawChart(new Results()), /^<svg .*<\/svg>\n$/s);
  const chart = drawChart(sampled(['tidings', 'get', 1, { per_second: 50_000 }]));
  assert.match(chart, />50,000</);
  assert.doesNotMatch(chart, /NaN|Infinity/);
});

test('figures are readable', () => {
  assert.equal(format.micros(999.4), '999 µs');
  assert.equal(format.micros(1234), '1.23 ms');
  assert.equal(format.bytes(5.5 * 1024), '5.50 KiB');
  assert.equal(format.factor({ value: 0.614 }), '61 %');
  assert.equal(format.factor({ value: 5.04 }), '5.0 ×');
  assert.equal(format.rate(undefined), '–');
});

test('memory that grows is told from memory that does not', () => {
  assert.equal(Math.round(slope([[0, 100], [1, 110], [2, 120]])), 10);
  assert.equal(Math.round(slope([[0, 100], [1, 100], [2, 100]])), 0);
});

test('whoever has other streams than Tidings is not compared with it', () => {
  const mine = { COMMANDS: { config: { storage: 'file' } } };
  assertSameStreams(mine, { COMMANDS: { config: { storage: 'file' } } }, 'the same');
  assert.throws(() => assertSameStreams(mine, { COMMANDS: { config: { storage: 'memory' } } }, 'Quick'), /Quick has other streams/);
});
