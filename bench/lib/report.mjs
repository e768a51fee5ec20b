// SPDX-License-Identifier: MIT
// The table. Every figure is the median of the rounds; every ratio the median of the rounds' own ratios.
import * as format from './format.mjs';
import { median } from './results.mjs';
import { targets } from './targets.mjs';

const names = {
  floor: 'Floor: nats.c alone', 'floor-read-model': 'Floor, also following the bucket', tidings: '**Tidings**', 'tidings-busy': '**Tidings**, `--busy-poll 100`',
  node: 'Node: Fastify + @nats-io', moleculer: 'Moleculer over NATS, nothing durable', beast: 'Floor: plain Beast, one fixed body',
  nchan: 'nginx + nchan, no commands behind it',
};

/** One line a measurement; those that were not made are left out. */
function speeds(results, unit, rows) {
  const lines = rows.filter(([, contestant, work]) => results.of(contestant, work).length > 0).map(([label, contestant, work, floor, peer]) => {
    const of = (name) => results.figure(contestant, work, name);
    const against = (base) => (base ? format.factor(results.paired([contestant, work, 'per_second'], [...base, 'per_second'])) : '');
    return [label, format.rate(of('per_second')), against(floor), against(peer), ...['p50_us', 'p99_us', 'p999_us'].map((p) => format.micros(of(p))),
      format.cost(of('cpu_us')), format.cost(of('nats_cpu_us')), format.bytes(of('resident'))];
  });
  return lines.length === 0 ? '' : format.table(['', `${unit}/s`, 'of the floor', 'against Node', 'p50', 'p99', 'p99.9', 'own CPU', 'nats-server CPU', 'resident'], lines);
}

const floorOf = (n) => ['floor', `floor/${n}`];
const section = (title, text, body) => (body ? `## ${title}\n\n${text ? `${text}\n\n` : ''}${body}\n` : '');

function awaited(results) {
  return speeds(results, 'commands', [
    ...[1, 64, 256, 1024].map((n) => [`${names.floor}, ${n} in flight`, ...floorOf(n)]),
    [`${names['floor-read-model']}, 256 in flight`, 'floor', 'floor-read-model/256', floorOf(256)],
    ...['tidings', 'tidings-busy', 'node', 'moleculer'].flatMap((who) => [1, 64, 256].map((n) =>
      [`${names[who]}, ${n} connection${n > 1 ? 's' : ''}`, who, `awaited/${n}`, floorOf(n), who === 'node' ? undefined : ['node', `awaited/${n}`]])),
  ]);
}

function accepted(results) {
  const rows = ['tidings', 'node'].flatMap((who) => [64, 256].map((n) => [who, n])).filter(([who, n]) => results.of(who, `accepted/${n}`).length > 0);
  if (rows.length === 0) return '';
  return format.table(['', 'accepted/s', 'handled/s', 'p50', 'p99', 'p99.9', 'own CPU', 'nats-server CPU'], rows.map(([who, n]) => {
    const of = (name) => results.figure(who, `accepted/${n}`, name);
    return [`${names[who]}, ${n} connections`, format.rate(of('per_second')), format.rate(of('handled_per_second')),
      ...['p50_us', 'p99_us', 'p999_us'].map((p) => format.micros(of(p))), format.cost(of('cpu_us')), format.cost(of('nats_cpu_us'))];
  }));
}

function overNats(results) {
  return speeds(results, 'commands', [1, 64, 256, 1024].map((n) => [`${names.tidings}, ${n} in flight`, 'tidings', `bus/${n}`, floorOf(n)]));
}

/** Works of the samples that begin with `prefix`, by their number. */
const works = (results, prefix) => [...new Set(results.samples.map(({ work }) => work).filter((work) => work.startsWith(prefix)))]
  .sort((a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)));

function fixedRates(results) {
  const rows = ['tidings', 'node'].flatMap((who) => works(results, 'open/').filter((work) => results.of(who, work).length > 0).map((work) => [who, work]));
  if (rows.length === 0) return '';
  return format.table(['', 'p50', 'p99', 'p99.9', 'longest', 'own CPU'], rows.map(([who, work]) => {
    const of = (name) => results.figure(who, work, name);
    const label = `${names[who]}, ${format.rate(Number(work.slice(5)))}/s`;
    if (results.of(who, work).some(({ saturated }) => saturated)) return [label, 'cannot keep up', '', '', '', ''];
    return [label, ...['p50_us', 'p99_us', 'p999_us', 'max_us'].map((p) => format.micros(of(p))), format.cost(of('cpu_us'))];
  }));
}

function queries(results) {
  const many = works(results, 'list/')[0];
  const by = works(results, 'list-by-name/')[0];
  const rows = [
    ...['beast', 'tidings', 'node'].map((who) => [`${names[who]}, a document by key`, who, 'get', ['beast', 'get'], ['node', 'get']]),
    ...['beast', 'tidings', 'node'].map((who) => [`${names[who]}, a list of 100`, who, 'list', ['beast', 'list'], ['node', 'list']]),
    ...['tidings', 'node'].flatMap((who) => [
      [`${names[who]}, the newest 100 of ${format.rate(Number(many?.slice(5)))}`, who, many, ['beast', 'list'], ['node', many]],
      [`${names[who]}, the first 100 by name of ${format.rate(Number(by?.slice(13)))}`, who, by, ['beast', 'list'], ['node', by]],
    ]),
  ];
  return speeds(results, 'queries', rows.map(([label, who, work, floor, peer]) => [label, who, work, who === 'beast' ? undefined : floor, who === 'node' ? undefined : peer]));
}

function events(results) {
  const blocks = [];
  const latency = works(results, 'events/')[0];
  const fanOut = works(results, 'fan-out/')[0];
  const idle = works(results, 'idle/')[0];
  const rows = (work) => ['tidings', 'nchan', 'node'].filter((who) => work && results.of(who, work).length > 0);
  if (latency) blocks.push(format.table([`from the command to its event, ${latency.slice(7)} commands/s`, 'p50', 'p99', 'p99.9'],
    rows(latency).map((who) => [names[who], ...['p50_us', 'p99_us', 'p999_us'].map((p) => format.micros(results.figure(who, latency, p)))])));
  if (fanOut) blocks.push(format.table([`one outcome to ${format.rate(Number(fanOut.slice(8)))} streams, from the command`, 'half are told', '99 %', 'all', 'own CPU an event'],
    rows(fanOut).map((who) => [names[who], ...['p50_us', 'p99_us', 'max_us'].map((p) => format.micros(results.figure(who, fanOut, p))), format.cost(results.figure(who, fanOut, 'cpu_us'))])));
  if (idle) blocks.push(format.table([`${format.rate(Number(idle.slice(5)))} idle streams`, 'resident a stream', 'resident in all'],
    rows(idle).map((who) => [names[who], format.bytes(results.figure(who, idle, 'bytes_a_connection')), format.bytes(results.figure(who, idle, 'resident'))])));
  return blocks.join('\n\n');
}

function start(results) {
  return works(results, 'start/').map((work) => {
    const of = (name) => results.figure('tidings', work, name);
    return format.table([`start with ${format.rate(Number(work.slice(6)))} keys`, 'until ready', 'own CPU', 'resident', 'a document', 'nats-server resident'],
      [[names.tidings, `${of('seconds').toFixed(1)} s`, `${of('cpu_seconds').toFixed(1)} s`, format.bytes(of('resident')), format.bytes(of('bytes_a_document')), format.bytes(of('nats_resident'))]]);
  }).join('\n\n');
}

function soak(results) {
  const [sample] = results.of('tidings', 'soak');
  if (!sample) return '';
  return format.table(['', 'commands', 'resident after the first tenth', 'at the end', 'growth an hour'],
    [[names.tidings, format.rate(sample.count), format.bytes(sample.resident_early), format.bytes(sample.resident), format.bytes(sample.growth_bytes_an_hour)]]);
}

function foreword(results, { began, seconds, settings, machine, missing }) {
  const foreign = results.samples.map((sample) => sample.foreign).filter((x) => typeof x === 'number');
  const disturbed = foreign.length > 0 && median(foreign) > 0.05;
  const lines = [
    `One run on one machine: ${machine.cpus} × ${machine.cpu}, ${machine.memory_gib} GiB, Linux ${machine.kernel}, nats-server ${machine.nats_server}, Node ${machine.node}, commit ${machine.commit}.`,
    `${began}, ${Math.round(seconds / 60)} minutes; ${settings.rounds} round${settings.rounds > 1 ? 's' : ''} of ${settings.seconds} s each${settings.quick ? ' (the quick version: for a first look, not for comparisons)' : ''}. Load generator, contestant and nats-server share the machine.`,
  ];
  if (foreign.length > 0) {
    lines.push(`Others took ${format.percent(median(foreign))} of the machine (median of all measurements, at most ${format.percent(Math.max(...foreign))}).${disturbed ? ' **That is too much: the absolute figures are too low. Ratios of one round suffer less, but whoever has a load generator beside it suffers more than a floor, which has none.**' : ''}`);
  }
  for (const [who, why] of Object.entries(missing)) lines.push(`Left out: ${who}, since ${why}.`);
  return lines.join('\n\n');
}

export function renderReport(results, report) {
  const goals = format.table(['target', 'measured', ''], targets(results).map(({ text, measured, met }) => [text, measured, met === undefined ? '' : met ? 'met' : '**missed**']));
  const troubles = results.troubles.map(({ contestant, work, round, why }) => `- round ${round}, ${contestant}, ${work}: ${why.split('\n')[0]}`).join('\n');
  return [
    `# What make bench measured\n\n${foreword(results, report)}\n`,
    section('Targets', 'Medians of the rounds, and the lowest and highest round.', goals),
    section('Awaited commands', 'HTTP POST with `Prefer: wait`, answered with the outcome; closed loop. The floor has no HTTP, only the same NATS work.', awaited(results)),
    section('Commands with 202', 'Accepted when the stream has them; *handled* counts until the last outcome is told.', accepted(results)),
    section('Commands over NATS', 'Requests to `commands.CreateLocation`. A client chooses the id, so Tidings also looks for an earlier outcome, which the floor does not.', overNats(results)),
    section('Awaited commands at fixed rates', 'Measured from when a request was due, not from when it could be sent.', fixedRates(results)),
    section('Queries', '64 connections; plain Beast answers with the same bytes as Tidings.', queries(results)),
    section('Server-Sent Events', '', events(results)),
    section('Starting', '', start(results)),
    section('Memory over time', '', soak(results)),
    section('What went wrong', '', troubles),
  ].filter(Boolean).join('\n');
}
