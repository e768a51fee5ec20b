// SPDX-License-Identifier: MIT
// Values that fit a schema, for people who want to press a button and see something.

const places = [
  'Ghent', 'Lisbon', 'Uppsala', 'Trieste', 'Galway', 'Kanazawa', 'Cusco', 'Tromsø', 'Leiden', 'Valparaíso', 'Tartu', 'Bergen',
  'Oaxaca', 'Girona', 'Bath', 'Lucca', 'Nara', 'Hobart', 'Kotor', 'Aarhus', 'Luang Prabang', 'Whitby', 'Ronda', 'Matera',
];
const people = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Alan', 'Radia', 'Tony', 'Frances', 'Donald', 'Shafi'];
const sentences = ['Quiet in the morning.', 'Good bread, long evenings.', 'Rain, then light.', 'Worth the detour.', 'Everyone knows everyone.'];

function text(name, schema, noun, n) {
  if (schema.format === 'email' || name === 'email') return `${people[n % people.length].toLowerCase()}.${Date.now().toString(36)}.${n}@example.com`;
  if (schema.format === 'date') return new Date().toISOString().slice(0, 10);
  if (schema.format === 'date-time') return new Date().toISOString();
  if (schema.format === 'uri') return `https://example.com/${n}`;
  const pool = /description|text|note|comment/.test(name) ? sentences : /user|person|member|customer/i.test(noun) ? people : places;
  const word = pool[n % pool.length];
  const filled = word.length < (schema.minLength ?? 0) ? word.padEnd(schema.minLength, '.') : word;
  return filled.slice(0, schema.maxLength ?? filled.length);
}

function value(name, schema, noun, n) {
  if (schema.const !== undefined) return schema.const;
  if (schema.examples?.length) return schema.examples[n % schema.examples.length];
  if (schema.enum) return schema.enum[n % schema.enum.length];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'boolean') return n % 2 === 0;
  if (type === 'integer' || type === 'number') return Math.max(schema.minimum ?? 1, Math.min(schema.maximum ?? 100, n % 100));
  if (type === 'array') return [];
  if (type === 'object') return sample(schema, { noun, n });
  return text(name, schema, noun, n);
}

let next = Math.floor(Math.random() * 1000);

/** A payload with all members but those left out; the n-th of a series, by default of all the page has made. */
export function sample(schema, { noun = '', without = [], n = (next += 1) } = {}) {
  const members = Object.entries(schema.properties ?? {}).filter(([name]) => !without.includes(name));
  return Object.fromEntries(members.map(([name, member], i) => [name, value(name, member, noun, n + i * 7)]));
}
