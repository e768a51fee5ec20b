// SPDX-License-Identifier: MIT
// What a run found, for people.

const most = 12; // violations of a kind that are spelled out

export function report({ seed, seconds, violations, counts, notes, digest, points }, { directory, options }) {
  const answers = Object.entries(counts.answers ?? {}).map(([name, count]) => `${count} ${name}`).join(', ');
  console.log(`seed ${seed}: ${seconds.toFixed(0)} s, ${counts.faults ?? 0} faults (${counts.fizzled ?? 0} fizzled), ${counts.commands ?? 0} commands (${answers}), `
    + `${counts.stored ?? 0} stored, ${counts.outcomes ?? 0} outcomes, ${counts.told_again ?? 0} told again, ${counts.events ?? 0} events over ${counts.resumes ?? 0} resumes${points ? '' : `, plan ${digest}`}`);
  if (points) {
    console.log(`  crashes: ${Object.entries(points.crashes).sort().map(([name, count]) => `${name} ${count}`).join(', ')}`);
    if (Object.keys(points.missed).length > 0) console.log(`  not reached: ${JSON.stringify(points.missed)}`);
  }
  for (const note of notes) console.log(`  note: ${note}`);
  if (violations.length === 0) return;
  const kinds = new Map(violations.map((x) => [x.kind, violations.filter(({ kind }) => kind === x.kind)]));
  for (const [kind, list] of kinds) {
    console.log(`  ${kind}: ${list.length}`);
    for (const { text } of list.slice(0, most)) console.log(`    ${text}`);
  }
  console.log(`  history, plan, final state and logs: ${directory}`);
  console.log(`  again: make chaos SEED=${seed} ${options.crashes ? `CRASHES=${options.crashes}` : `FAULTS=${options.faults}`}${options.servers === 3 ? ' SERVERS=3' : ''}`);
}

export function summary(results) {
  if (results.length < 2) return;
  const sum = (of) => results.reduce((total, result) => total + (of(result) ?? 0), 0);
  const failed = results.filter(({ violations }) => violations.length > 0).map(({ seed }) => seed);
  console.log(`${results.length} runs, ${sum(({ counts }) => counts.faults)} faults, ${sum(({ counts }) => counts.commands)} commands, `
    + `${sum(({ counts }) => counts.events)} events: ${failed.length === 0 ? 'every promise was kept' : `violations with seed ${failed.join(', ')}`}`);
}
