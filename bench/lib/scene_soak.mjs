// SPDX-License-Identifier: MIT
// What memory does over a long time: the same thousand documents are changed again and again, so nothing need grow.
import { tidings } from '../contestants/tidings.mjs';
import { fill, openLoop } from './load.mjs';
import { Meter } from './meter.mjs';
import { residentOf } from './procfs.mjs';

const rate = 200;
// Over less, what tables and buffers take once looks like growth.
const leastSeconds = 600;

/** Least squares: how much `values` grow a second; [seconds, value]. */
export function slope(values) {
  const mean = (of) => values.reduce((sum, value) => sum + of(value), 0) / values.length;
  const x = mean(([seconds]) => seconds);
  const y = mean(([, value]) => value);
  const above = values.reduce((sum, [seconds, value]) => sum + (seconds - x) * (value - y), 0);
  return above / values.reduce((sum, [seconds]) => sum + (seconds - x) ** 2, 0);
}

export const soakScene = (seconds) => ({
  contestant: tidings, title: 'memory over time', works: ['soak'],
  async run({ scratch, record }) {
    const nats = await scratch.nats();
    const { origin, pids } = await tidings.start(scratch, nats);
    await fill({ url: nats.url, documents: 1000 });
    const meter = new Meter(pids, nats.child.pid);
    const began = performance.now();
    const history = [];
    const watch = setInterval(() => history.push([(performance.now() - began) / 1000, residentOf(pids[0])]), Math.max(1000, (seconds * 1000) / 500));
    try {
      const result = await openLoop({
        origin, path: '/commands/RenameLocation', body: '{"id":"{k}","name":"Place {n}"}', headers: { Prefer: 'wait=30' }, rate, connections: 64,
        seconds, warmUp: 1,
      }, meter);
      const later = history.slice(Math.floor(history.length / 10));
      const growth = seconds < leastSeconds ? {} : { growth_bytes_an_hour: slope(later) * 3600 };
      record('soak', { ...meter.charge(result), history, resident_early: later[0][1], ...growth });
    } finally {
      clearInterval(watch);
    }
  },
});
