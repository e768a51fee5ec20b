// SPDX-License-Identifier: MIT
// Figures as people read them; a dash for what was not measured.
const has = (value) => typeof value === 'number' && Number.isFinite(value);
const grouped = (value) => Math.round(value).toLocaleString('en-US');

export const rate = (value) => (has(value) ? grouped(value) : '–');
export const micros = (value) => (!has(value) ? '–' : value < 1000 ? `${Math.round(value)} µs` : `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} ms`);
export const cost = (value) => (has(value) ? `${value.toFixed(1)} µs` : '–');
export const bytes = (value) => (!has(value) ? '–' : value < 100 * 1024 ? `${(value / 1024).toFixed(2)} KiB` : `${(value / 2 ** 20).toFixed(0)} MiB`);
export const factor = (pair) => (!pair ? '–' : pair.value < 2 ? `${Math.round(pair.value * 100)} %` : `${pair.value.toFixed(1)} ×`);
export const percent = (value) => (has(value) ? `${Math.round(value * 100)} %` : '–');

/** A Markdown table. The first column is text, the others are figures. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
