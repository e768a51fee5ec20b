// SPDX-License-Identifier: MIT
// Two small SVG charts, drawn anew some times a second. Colours and strokes are the style sheet's.
import { svg } from './dom.js';

const height = 190;
const box = { left: 44, right: 10, top: 10, bottom: 24 };

/** 1, 2 or 5 times a power of ten, so that about `parts` of them make the whole. */
function step(whole, parts) {
  const rough = whole / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((x) => x * power >= rough) ?? 10);
}

class Chart {
  constructor(container, captionId) {
    this.container = container;
    this.root = svg('svg', { role: 'img', 'aria-labelledby': captionId, height });
    container.append(this.root);
    new ResizeObserver(() => this.draw()).observe(container);
  }

  /** @param y Maps a value to pixels. @param ticks [value, text] for the left side. */
  frame(seconds, y, ticks) {
    const width = Math.max(200, this.container.clientWidth);
    this.root.setAttribute('width', width);
    this.root.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const right = width - box.right;
    const x = (at) => box.left + (at / seconds) * (right - box.left);
    const parts = [];
    for (const [value, text] of ticks) {
      parts.push(svg('line', { class: 'grid', x1: box.left, x2: right, y1: y(value), y2: y(value) }));
      parts.push(svg('text', { x: box.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, text));
    }
    const each = step(seconds, 5);
    for (let at = 0; at <= seconds + 1e-9; at += each) {
      const text = `${+at.toFixed(2)} s`;
      parts.push(svg('text', { x: x(at), y: height - 6, 'text-anchor': at === 0 ? 'start' : at + each > seconds ? 'end' : 'middle' }, text));
    }
    this.root.replaceChildren(...parts);
    return x;
  }
}

const down = (share) => height - box.bottom - share * (height - box.bottom - box.top);

/** Outcomes a second, in slices of time. */
export class RateChart extends Chart {
  /** @param times When outcomes came, in seconds, ascending. */
  draw(times = this.times ?? [], seconds = this.seconds ?? 1) {
    Object.assign(this, { times, seconds });
    const slice = Math.max(0.1, step(seconds, 60));
    const counts = new Array(Math.ceil(seconds / slice)).fill(0);
    for (const at of times) counts[Math.min(counts.length - 1, Math.floor(at / slice))] += 1;
    // The last slice is not over yet, so it counts for as long as it has lasted.
    const rates = counts.map((count, i) => count / Math.max(Math.min(slice, seconds - i * slice), slice / 4));
    const top = Math.max(10, ...rates) * 1.08;
    const each = step(top, 4);
    const ticks = Array.from({ length: Math.floor(top / each) + 1 }, (_, i) => [i * each, (i * each).toLocaleString('en')]);
    const y = (rate) => down(rate / top);
    const x = this.frame(seconds, y, ticks);
    if (times.length === 0) return;
    const line = rates.map((rate, i) => `${i ? 'L' : 'M'}${x(i * slice).toFixed(1)} ${y(rate).toFixed(1)}H${x(Math.min((i + 1) * slice, seconds)).toFixed(1)}`).join('');
    this.root.append(
      svg('path', { class: 'area', d: `${line}V${y(0)}H${x(0)}Z` }),
      svg('path', { class: 'line', d: line }));
  }
}

/** A dot an outcome, on a logarithmic scale, and the median as a line. */
export class LatencyChart extends Chart {
  /** @param points [when in seconds, milliseconds, whether it failed]. */
  draw(points = this.points ?? [], seconds = this.seconds ?? 1, median = this.median) {
    Object.assign(this, { points, seconds, median });
    const most = points.reduce((max, [, ms]) => Math.max(max, ms), 10);
    const decades = Math.max(1, Math.ceil(Math.log10(most)));
    const y = (ms) => down(Math.max(0, Math.log10(Math.max(ms, 1))) / decades);
    const ticks = Array.from({ length: decades + 1 }, (_, i) => [10 ** i, 10 ** i < 1000 ? `${10 ** i}` : `${10 ** (i - 3)} s`]);
    const x = this.frame(seconds, y, ticks);
    const dots = (failed) => points.filter((point) => !!point[2] === failed).map(([at, ms]) => `M${x(at).toFixed(1)} ${y(ms).toFixed(1)}h0`).join('');
    this.root.append(svg('path', { class: 'dots', d: dots(false) }), svg('path', { class: 'dots bad', d: dots(true) }));
    if (median) this.root.append(svg('line', { class: 'median', x1: x(0), x2: x(seconds), y1: y(median), y2: y(median) }));
  }
}
