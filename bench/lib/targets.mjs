// SPDX-License-Identifier: MIT
// What Tidings wants to reach, each from pairs of one round.
import * as format from './format.mjs';

const range = (pair, show) => (pair.low === pair.high ? show(pair.value) : `${show(pair.value)} (${show(pair.low)} to ${show(pair.high)})`);

function ratio(results, a, b, { least, text }) {
  const pair = results.paired(a, b);
  return { text, pair, show: (value) => format.factor({ value }), met: pair && pair.value >= least };
}

function own(results, contestant, work, figure, { text, show, met }) {
  const pair = results.paired([contestant, work, figure], [contestant, work, figure], (value) => value);
  return { text, pair, show, met: pair && met(pair.value) };
}

/** @returns {{text, measured, met}[]} `met` is undefined for what this run did not measure. */
export function targets(results) {
  const idle = results.samples.find(({ contestant, work }) => contestant === 'tidings' && work.startsWith('idle/'))?.work;
  const all = [
    ratio(results, ['tidings', 'awaited/256', 'per_second'], ['floor', 'floor/256', 'per_second'],
      { least: 0.6, text: 'awaited commands, 256 connections: at least 60 % of the floor' }),
    ratio(results, ['tidings', 'awaited/256', 'per_second'], ['node', 'awaited/256', 'per_second'],
      { least: 5, text: 'awaited commands, 256 connections: at least 5 × the Node gateway' }),
    ...['tidings', 'tidings-busy'].map((who) => {
      const pair = results.paired([who, 'awaited/1', 'p50_us'], ['floor', 'floor/1', 'p50_us'], (a, b) => a - b);
      const how = who === 'tidings' ? '' : ', with `--busy-poll 100`';
      return { text: `awaited command, 1 connection${how}: p50 at most 120 µs above the floor`, pair, show: (v) => `${v < 0 ? '−' : '+'}${format.micros(Math.abs(v))}`, met: pair && pair.value <= 120 };
    }),
    ratio(results, ['tidings', 'bus/256', 'per_second'], ['floor', 'floor/256', 'per_second'],
      { least: 0.75, text: 'commands over NATS, 256 in flight: at least 75 % of the floor' }),
    own(results, 'tidings', 'awaited/256', 'cpu_us',
      { text: 'its own CPU for an awaited command: below 35 µs', show: format.cost, met: (value) => value < 35 }),
    ratio(results, ['tidings', 'get', 'per_second'], ['beast', 'get', 'per_second'],
      { least: 0.8, text: 'queries by key: at least 80 % of plain Beast' }),
    own(results, 'tidings', 'get', 'per_second',
      { text: 'queries by key: above 50,000/s', show: (v) => `${format.rate(v)}/s`, met: (value) => value > 50_000 }),
    own(results, 'tidings', idle, 'bytes_a_connection',
      { text: 'an idle event stream: below 6 KiB resident', show: format.bytes, met: (value) => value < 6 * 1024 }),
    own(results, 'tidings', 'soak', 'growth_bytes_an_hour',
      { text: 'memory: flat (below 1 MiB an hour after the first tenth)', show: (v) => `${v < 0 ? '−' : ''}${format.bytes(Math.abs(v))}/h`, met: (value) => value < 2 ** 20 }),
  ];
  return all.map(({ text, pair, show, met }) => ({ text, measured: pair ? range(pair, show) : 'not measured', met }));
}
