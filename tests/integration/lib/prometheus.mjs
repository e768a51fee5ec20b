// SPDX-License-Identifier: MIT
// Prometheus' text format 0.0.4, read strictly: whatever the format does not allow, or a scraper would take wrongly, throws.
const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const kinds = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped']);

function number(text) {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  if (text === 'NaN') return NaN;
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text)) throw new Error(`no number: ${text}`);
  return Number(text);
}

function labelsOf(text) {
  const labels = {};
  let rest = text;
  while (rest) {
    const match = /^([^=]+)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/.exec(rest);
    if (!match || !labelName.test(match[1]) || match[1] in labels) throw new Error(`bad labels: {${text}}`);
    labels[match[1]] = match[2].replace(/\\(.)/g, (whole, c) => (c === 'n' ? '\n' : c));
    rest = rest.slice(match[0].length);
    if (match[3] === ',' && !rest) throw new Error(`bad labels: {${text}}`);
  }
  return labels;
}

const keyOf = (labels) => JSON.stringify(Object.entries(labels).sort());

function checkHistogram(family) {
  const groups = new Map();
  for (const sample of family.samples) {
    const { le, ...others } = sample.labels;
    const key = keyOf(others);
    if (!groups.has(key)) groups.set(key, { buckets: [] });
    const group = groups.get(key);
    const part = sample.name.slice(family.name.length);
    if (part === '_bucket') group.buckets.push([number(le ?? ''), sample.value]);
    else group[part] = sample.value;
  }
  for (const [key, { buckets, _sum: sum, _count: count }] of groups) {
    const bad = (why) => { throw new Error(`histogram ${family.name} ${key}: ${why}`); };
    if (sum === undefined || count === undefined) bad('no sum or count');
    for (let i = 1; i < buckets.length; i += 1) if (!(buckets[i][0] > buckets[i - 1][0] && buckets[i][1] >= buckets[i - 1][1])) bad('buckets do not rise');
    const last = buckets.at(-1);
    if (!last || last[0] !== Infinity || last[1] !== count) bad('+Inf is not the count');
  }
}

export class Metrics {
  families = new Map();

  constructor(text) {
    if (!text.endsWith('\n')) throw new Error('the last line does not end');
    let current;
    for (const line of text.slice(0, -1).split('\n')) {
      const comment = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
      if (comment) current = this.#comment(comment, current);
      else this.#sample(line, current);
    }
    for (const family of this.families.values()) {
      if (!family.type || !family.help) throw new Error(`${family.name} has no type or help`);
      if (family.samples.length === 0) throw new Error(`${family.name} has no sample`);
      if (family.type === 'counter' && !family.name.endsWith('_total')) throw new Error(`${family.name}: a counter ends with _total`);
      if (family.type === 'histogram') checkHistogram(family);
    }
  }

  #comment([line, what, metric, rest], current) {
    if (!name.test(metric)) throw new Error(`bad name: ${line}`);
    let family = current;
    if (current?.name !== metric) {
      if (this.families.has(metric)) throw new Error(`${metric} comes in two places`);
      family = { name: metric, samples: [], seen: new Set() };
      this.families.set(metric, family);
    }
    const field = what.toLowerCase();
    if (family[field] || family.samples.length > 0) throw new Error(`${line} comes late or twice`);
    if (what === 'TYPE' && !kinds.has(rest)) throw new Error(`no type: ${line}`);
    family[field] = rest;
    return family;
  }

  #sample(line, family) {
    const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!match) throw new Error(`no sample: ${JSON.stringify(line)}`);
    const [, sampleName, labelText, value] = match;
    const ends = family?.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    if (!family?.type || !ends.some((end) => sampleName === family.name + end)) throw new Error(`${sampleName} is of no family`);
    const sample = { name: sampleName, labels: labelsOf(labelText ?? ''), value: number(value) };
    const key = sampleName + keyOf(sample.labels);
    if (family.seen.has(key)) throw new Error(`twice: ${line}`);
    if (family.type === 'counter' && !(sample.value >= 0)) throw new Error(`a counter below zero: ${line}`);
    family.seen.add(key);
    family.samples.push(sample);
  }

  /** The value of one series; throws when there is none. */
  value(metric, labels = {}) {
    const key = keyOf(labels);
    for (const family of this.families.values())
      for (const sample of family.samples) if (sample.name === metric && keyOf(sample.labels) === key) return sample.value;
    throw new Error(`no series ${metric} ${key}`);
  }

  /** How many series there are. */
  get size() {
    return [...this.families.values()].reduce((sum, family) => sum + family.samples.length, 0);
  }
}

export async function scrape(client) {
  const answer = await client.get('/metrics');
  if (answer.status !== 200 || answer.headers['content-type'] !== 'text/plain; version=0.0.4; charset=utf-8')
    throw new Error(`${answer.status} ${answer.headers['content-type']}`);
  return new Metrics(answer.text);
}
