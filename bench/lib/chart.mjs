// SPDX-License-Identifier: MIT
// Bars as SVG, readable on light and dark ground: colours follow the reader's scheme.
import * as format from './format.mjs';

const width = 760;
const left = 250;
const right = 110;
const barHeight = 20;
const gap = 6;

const style = `
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 14px }
  .quiet { fill: #57606a }
  .other { fill: #8c959f } .floor { fill: #d0d7de; stroke: #8c959f } .tidings { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 }
    .other { fill: #6e7681 } .floor { fill: #30363d; stroke: #6e7681 } .tidings { fill: #4493f8 }
  }`;

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const groups = [
  { title: 'Awaited commands a second, 256 at a time', figure: 'per_second', show: format.rate, bars: [
    ['Floor: nats.c alone', 'floor', 'floor/256'], ['Tidings over HTTP', 'tidings', 'awaited/256'], ['Tidings over NATS', 'tidings', 'bus/256'],
    ['Node: Fastify + @nats-io', 'node', 'awaited/256'], ['Moleculer, nothing durable', 'moleculer', 'awaited/256']] },
  { title: 'Awaited command alone, p50 (shorter is better)', figure: 'p50_us', show: format.micros, bars: [
    ['Floor: nats.c alone', 'floor', 'floor/1'], ['Tidings', 'tidings', 'awaited/1'], ['Node: Fastify + @nats-io', 'node', 'awaited/1'],
    ['Moleculer, nothing durable', 'moleculer', 'awaited/1']] },
  { title: 'Queries by key a second', figure: 'per_second', show: format.rate, bars: [
    ['Floor: plain Beast', 'beast', 'get'], ['Tidings', 'tidings', 'get'], ['Node: Fastify', 'node', 'get']] },
  { title: 'Lists of 100 a second', figure: 'per_second', show: format.rate, bars: [
    ['Floor: plain Beast', 'beast', 'list'], ['Tidings', 'tidings', 'list'], ['Node: Fastify', 'node', 'list']] },
];

const kind = (contestant) => (contestant === 'tidings' ? 'tidings' : contestant === 'floor' || contestant === 'beast' ? 'floor' : 'other');

export function drawChart(results) {
  let y = 10;
  const out = [];
  for (const { title, figure, show, bars } of groups) {
    const known = bars.map(([label, who, work]) => ({ label, who, value: results.figure(who, work, figure) })).filter(({ value }) => value !== undefined);
    if (known.length === 0) continue;
    const most = Math.max(...known.map(({ value }) => value));
    y += 20;
    out.push(`<text class="title" x="10" y="${y}">${escape(title)}</text>`);
    y += 10;
    for (const { label, who, value } of known) {
      const length = Math.max(2, ((width - left - right) * value) / most);
      const middle = y + barHeight / 2 + 4;
      out.push(
        `<text x="${left - 10}" y="${middle}" text-anchor="end">${escape(label)}</text>`,
        `<rect class="${kind(who)}" x="${left}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="2"/>`,
        `<text class="quiet" x="${(left + length + 8).toFixed(1)}" y="${middle}">${escape(show(value))}</text>`,
      );
      y += barHeight + gap;
    }
    y += 12;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" role="img" aria-label="What make bench measured">\n<style>${style}\n</style>\n${out.join('\n')}\n</svg>\n`;
}
