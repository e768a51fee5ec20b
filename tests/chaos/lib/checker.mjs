// SPDX-License-Identifier: MIT
// Decides from a history and a final state whether every promise was kept. No clock, no network: the same files give
// the same verdict for ever, and a doctored history shows that it can fail (../checker.test.mjs).
import { bucketOf } from './model.mjs';
import { replay } from './replay.mjs';
import { checkDelivery } from './delivery.mjs';

/** The commands as their clients know them, by name: {invoked, promised, answers}. */
function operations(history) {
  const all = new Map();
  for (const line of history) {
    if (line.what === 'invoke' && line.attempt === 1) all.set(line.op, { ...line, invoked: line.t, promised: Infinity, answers: [] });
    if (line.what !== 'answer') continue;
    const op = all.get(line.op);
    op.answers.push(line);
    if (['accepted', 'completed', 'failed'].includes(line.result)) op.promised = Math.min(op.promised, line.t);
  }
  return all;
}

function groupBy(list, of) {
  const groups = new Map();
  for (const x of list) {
    const name = of(x);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(x);
  }
  return groups;
}

/** Every accepted command is stored, and what was refused is not. */
function checkPromises(ops, stored, object) {
  for (const [op, { answers, promised }] of ops) {
    const there = stored.has(op);
    if (promised < Infinity && !there) object('lost', `${op} was promised at ${promised} and is not in COMMANDS`);
    if (there && answers.length > 0 && answers.every(({ result }) => result === 'refused'))
      object('refused-but-done', `${op} was refused (${answers.at(-1).code}) and is in COMMANDS`);
    for (const answer of answers) if (answer.result === 'dishonest') object('dishonest', `${op}: ${answer.why}`);
  }
  for (const op of stored.keys()) if (!ops.has(op)) object('invented', `${op} is in COMMANDS and nobody sent it`);
}

/** One outcome a command, the one that the stream's order gives it; nobody was told another one. */
function checkOutcomes(ops, { commands, notifications, dead }, expected, object) {
  const told = groupBy(notifications, ({ id }) => id);
  const buried = new Map(dead.map((letter) => [letter.id, letter.reason]));
  for (const { id, payload, owner } of commands) {
    const outcomes = told.get(id) ?? [];
    const { op } = payload;
    if (outcomes.length === 0) object('untold', `${op} (${id}) has no outcome`);
    if (new Set(outcomes.map(({ gist }) => gist)).size > 1) object('two-outcomes', `${op} (${id}) has ${outcomes.length} different ones`);
    if (buried.has(id)) object('buried', `${op} (${id}) was given up: ${buried.get(id)}`);
    const [outcome] = outcomes;
    const status = expected.outcomes.get(id);
    if (outcome && status !== outcome.status) object('wrong-outcome', `${op} (${id}) is ${outcome.status}, by the order of the stream ${status}`);
    if (outcome && outcome.owner !== owner) object('wrong-owner', `${op} (${id}) of ${owner} was told to ${outcome.owner}`);
    for (const answer of ops.get(op)?.answers ?? [])
      if (['completed', 'failed'].includes(answer.result) && (answer.id !== id || answer.gist !== outcome?.gist))
        object('told-otherwise', `${op}: ${answer.result} (${answer.id}) was answered, ${outcome?.status} (${id}) is kept`);
  }
  const known = new Set(commands.map(({ id }) => id));
  for (const id of told.keys()) if (!known.has(id)) object('invented', `an outcome of ${id}, which is in no stream`);
}

/** A write for each completed command, and none beside: each revision of a bucket is one command's. */
function checkOnce({ commands, notifications, writes }, object) {
  const type = new Map(commands.map(({ id, type: name }) => [id, name]));
  for (const bucket of Object.keys(writes)) {
    const makers = new Map();
    for (const { id, status, revision } of notifications) {
      if (status !== 'completed' || !type.has(id) || bucketOf(type.get(id)) !== bucket) continue;
      if (makers.has(revision) && makers.get(revision) !== id)
        object('twice', `revision ${revision} of ${bucket} is of ${id} and of ${makers.get(revision)}`);
      makers.set(revision, id);
    }
    for (let revision = 1; revision <= writes[bucket]; revision += 1)
      if (!makers.has(revision)) object('twice', `revision ${revision} of ${bucket} is no command's: something was applied twice`);
    for (const revision of makers.keys()) if (!(revision <= writes[bucket])) object('lost', `revision ${revision} of ${bucket} is gone`);
  }
}

/** Who was promised before somebody else asked comes before them, key by key. */
function checkOrder(ops, commands, object) {
  for (const [key, list] of groupBy(commands, ({ type, payload }) => `${bucketOf(type)}/${payload.id}`)) {
    let earliest = Infinity;
    let whose;
    for (const { payload: { op } } of [...list].sort((a, b) => b.seq - a.seq)) {
      const { invoked, promised } = ops.get(op) ?? { invoked: Infinity, promised: Infinity };
      if (earliest < invoked && invoked < Infinity) object('order', `${key}: ${whose} was promised at ${earliest}, ${op} asked at ${invoked} and is before it`);
      if (promised < earliest) [earliest, whose] = [promised, op];
    }
  }
}

/** The documents are what the commands in their order make of them, in the bucket and at every gateway. */
function checkDocuments({ entries, views, commands }, expected, object) {
  const same = (a, b) => JSON.stringify(plain(a ?? null)) === JSON.stringify(plain(b ?? null));
  const kept = new Map(entries.map((entry) => [`${entry.bucket}/${entry.key}`, entry]));
  for (const [place, { document, id }] of expected.documents) {
    const entry = kept.get(place);
    if (!same(entry?.value, document))
      object('document', `${place} is ${brief(entry?.value)}, its commands make ${brief(document)}`);
    else if (id !== entry?.id) object('document', `${place} was last written by ${entry?.id}, by the order of the stream by ${id}`);
  }
  for (const place of kept.keys()) if (!expected.documents.has(place)) object('invented', `${place} is there and no command made it`);
  for (const { gateway, bucket, key, value } of views)
    if (!same(value, kept.get(`${bucket}/${key}`)?.value)) object('view', `${gateway} shows ${bucket}/${key} as ${brief(value)}`);
  const places = new Map();
  for (const { payload: { op, id } } of commands) {
    if (places.has(op) && places.get(op) !== id) object('twice', `${op} is about ${id} and about ${places.get(op)}`);
    places.set(op, id);
  }
}

const brief = (x) => JSON.stringify(x ?? null).slice(0, 300);
/** Members in one order, and without the times that Tidings adds. */
const plain = (x) => {
  if (!x || typeof x !== 'object' || Array.isArray(x)) return x;
  const names = Object.keys(x).filter((name) => name !== 'created_at' && name !== 'updated_at');
  return Object.fromEntries(names.sort().map((name) => [name, plain(x[name])]));
};

function checkStatuses({ statuses, notifications }, object) {
  const kept = new Map(notifications.map(({ id, gist }) => [id, gist]));
  for (const { gateway, id, status, gist, stranger } of statuses) {
    if (stranger) object('foreign', `${gateway} answers ${status} about ${id} to a stranger`);
    else if (status !== 200 || gist !== kept.get(id)) object('status', `${gateway} answers ${status} about ${id}, or another outcome`);
  }
}

/** Whether all commands are acknowledged: by a consumer of everything, or by one of each partition. Others may be left over. */
export function isSettled({ last, floors }) {
  const shared = new Set(floors.filter(({ filter, waiting, pending }) => filter && waiting === 0 && pending === 0).map(({ filter }) => filter));
  return shared.size === 16 || floors.some(({ filter, floor, pending }) => !filter && pending === 0 && floor >= last);
}

function checkRest(history, { consumer, dead }, object) {
  const buried = new Set(dead.map(({ id }) => id));
  for (const { what, id } of history)
    if (what === 'poison' && !buried.has(id)) object('lost', `${id}, which is no command, is not in DEAD_LETTERS`);
  for (const { what, process: name, code, signal } of history)
    if (what === 'death') object('death', `${name} ended by itself: ${code ?? signal}`);
  if (!isSettled(consumer))
    object('unsettled', `COMMANDS ends at ${consumer.last}, acknowledged: ${JSON.stringify(consumer.floors)}`);
}

/**
 * @param history Lines of history.mjs.
 * @param final As final_state.mjs reads it.
 * @returns {violations: [{kind, text}], counts} No violation: every promise was kept.
 */
export function check(history, final) {
  const violations = [];
  const object = (kind, text) => violations.push({ kind, text });
  const ops = operations(history);
  const buried = new Set(final.dead.map(({ id }) => id));
  const expected = replay(final.commands, buried);
  const stored = new Map(final.commands.map(({ payload, id }) => [payload.op, id]));
  checkPromises(ops, stored, object);
  checkOutcomes(ops, final, expected, object);
  checkOnce(final, object);
  checkOrder(ops, final.commands, object);
  checkDocuments(final, expected, object);
  checkStatuses(final, object);
  checkDelivery(history, final.notifications, object);
  checkRest(history, final, object);
  const results = {};
  for (const { answers } of ops.values()) for (const { result } of answers) results[result] = (results[result] ?? 0) + 1;
  return {
    violations,
    counts: {
      commands: ops.size, stored: final.commands.length, answers: results, repeated: final.commands.length - expected.outcomes.size,
      outcomes: new Set(final.notifications.map(({ id }) => id)).size, told_again: final.notifications.length - new Set(final.notifications.map(({ id }) => id)).size,
      events: history.filter(({ what }) => what === 'event').length, resumes: history.filter(({ what }) => what === 'break').length,
      faults: history.filter(({ what }) => what === 'fault').length, fizzled: history.filter(({ what }) => what === 'fizzle').length,
      writes: final.writes,
    },
  };
}
