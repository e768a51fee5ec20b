// SPDX-License-Identifier: MIT
// The checker finds nothing in a true history, and each kind of lie in a doctored one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from './lib/checker.mjs';
import { ofBus, ofHttp, ofHttpError } from './lib/answers.mjs';
import { plan } from './lib/plan.mjs';
import { Random } from './lib/random.mjs';

/** Consumers of so many partitions that have nothing left. */
const partitions = (count) => Array.from({ length: count }, (_, i) => ({ filter: `commands.${i}.*.*`, floor: i, waiting: 0, pending: 0 }));

/** Two owners and the bus append to one ledger and keep a note; everything went well. */
function truth() {
  const commands = [
    { op: 'a-1', owner: 's-a', type: 'Append', payload: { id: 'k', op: 'a-1' } },
    { op: 'b-1', owner: 's-b', type: 'Append', payload: { id: 'k', op: 'b-1' } },
    { op: 'a-2', owner: 's-a', type: 'Append', payload: { id: 'k', op: 'a-2', refuse: true } },
    { op: 'c-1', owner: 'public', type: 'CreateNote', payload: { id: 'n', op: 'c-1' } },
    { op: 'b-2', owner: 's-b', type: 'CreateNote', payload: { id: 'n', op: 'b-2' } },
    { op: 'c-2', owner: 'public', type: 'StampNote', payload: { id: 'n', op: 'c-2', stamps: { c: 2 } } },
  ];
  const documents = [{ id: 'k', log: ['a-1'] }, { id: 'k', log: ['a-1', 'b-1'] }, null, { id: 'n', op: 'c-1' }, null, { id: 'n', op: 'c-2', stamps: { c: 2 } }];
  const revisions = [1, 2, null, 1, null, 2];
  const history = [];
  for (const name of ['a', 'b']) history.push({ t: 0, what: 'follow', client: `follower-${name}`, owner: `s-${name}`, connection: 1, from: '0' });
  const final = { commands: [], notifications: [], dead: [], entries: [], writes: { ledgers: 2, notes: 2 }, views: [], statuses: [],
    consumer: { last: 6, floors: [{ filter: '', floor: 6, waiting: 0, pending: 0 }] } };
  commands.forEach(({ op, owner, type, payload }, i) => {
    const [id, client, status] = [`cmd-${op}`, op[0], documents[i] ? 'completed' : 'failed'];
    const gist = `gist-${op}`;
    history.push({ t: 10 * i + 1, what: 'invoke', client, owner, op, type, payload, attempt: 1 });
    history.push({ t: 10 * i + 5, what: 'answer', client, op, attempt: 1, id, ...(i % 2 ? { result: 'accepted' } : { result: status, gist }) });
    if (owner !== 'public') history.push({ t: 10 * i + 6, what: 'event', client: `follower-${client}`, connection: 1, event: status, position: i + 1, id, gist });
    final.commands.push({ seq: i + 1, id, type, payload, owner });
    final.notifications.push({ seq: i + 1, owner, id, status, revision: revisions[i], payload: documents[i], gist });
    final.statuses.push({ gateway: 'gateway-1', id, status: 200, gist });
  });
  final.entries.push({ bucket: 'ledgers', key: 'k', revision: 2, id: 'cmd-b-1', value: documents[1] });
  final.entries.push({ bucket: 'notes', key: 'n', revision: 2, id: 'cmd-c-2', value: documents[5] });
  final.views.push({ gateway: 'gateway-2', bucket: 'ledgers', key: 'k', value: documents[1] });
  return { history, final };
}

const kinds = ({ history, final }) => [...new Set(check(history, final).violations.map(({ kind }) => kind))];
const answerOf = ({ history }, op) => history.find((line) => line.what === 'answer' && line.op === op);
const drop = (list, fits) => list.splice(list.findIndex(fits), 1)[0];

test('a true history has no violation, and is counted', () => {
  const { history, final } = truth();
  const { violations, counts } = check(history, final);
  assert.deepEqual(violations, []);
  assert.equal(counts.commands, 6);
  assert.equal(counts.outcomes, 6);
  final.consumer.floors = [...partitions(16), { filter: 'commands.7.*.*', floor: 1, waiting: 4, pending: 0 }];
  assert.deepEqual(check(history, final).violations, [], 'a consumer that is left over says nothing');
});

test('an unknown answer may turn out either way', () => {
  const here = truth();
  Object.assign(answerOf(here, 'b-1'), { result: 'unknown', id: undefined });
  assert.deepEqual(kinds(here), []);
  here.history.push({ t: 90, what: 'invoke', client: 'd', owner: 's-a', op: 'd-1', type: 'Append', payload: { id: 'k', op: 'd-1' }, attempt: 1 });
  here.history.push({ t: 91, what: 'answer', client: 'd', op: 'd-1', attempt: 1, result: 'unknown' });
  assert.deepEqual(kinds(here), []);
});

/** Each takes the truth and lies about one thing; the checker must name it. */
const lies = {
  'lost: a 202 whose command is nowhere': (x) => {
    drop(x.final.commands, ({ id }) => id === 'cmd-c-2');
    drop(x.final.notifications, ({ id }) => id === 'cmd-c-2');
    x.final.writes.notes = 1;
  },
  'lost: a write that is gone': (x) => (x.final.writes.ledgers = 1),
  'untold: a stored command without an outcome': (x) => drop(x.final.notifications, ({ id }) => id === 'cmd-c-1'),
  'document: an effect that is missing': (x) => x.final.entries[0].value.log.pop(),
  'document: an effect that is there twice': (x) => x.final.entries[0].value.log.push('b-1'),
  'document: two effects in the wrong order': (x) => x.final.entries[0].value.log.reverse(),
  'document: the last write is of an earlier command': (x) => (x.final.entries[0].id = 'cmd-a-1'),
  'twice: a write that no outcome tells of': (x) => (x.final.writes.notes = 3),
  'twice: two commands with one revision': (x) => (x.final.notifications[1].revision = 1),
  'order: stored before somebody who was promised before it was asked': (x) => {
    const [first, second] = x.final.commands;
    [first.seq, second.seq] = [second.seq, first.seq];
  },
  'told-otherwise: completed was answered, failed is kept': (x) => Object.assign(answerOf(x, 'a-1'), { gist: 'another' }),
  'lost: an unknown command that was called failed': (x) => {
    drop(x.final.commands, ({ id }) => id === 'cmd-a-2');
    drop(x.final.notifications, ({ id }) => id === 'cmd-a-2');
  },
  'told-otherwise: an unknown command that was called failed, and was done': (x) => Object.assign(answerOf(x, 'b-1'), { result: 'failed', gist: 'gist-of-a-guess' }),
  'refused-but-done: certainly not stored, and yet it is': (x) => Object.assign(answerOf(x, 'b-1'), { result: 'refused', code: 'unavailable' }),
  'dishonest: an answer that is none of the honest ones': (x) => Object.assign(answerOf(x, 'b-1'), { result: 'dishonest', why: '500' }),
  'wrong-outcome: rejected, though by its order it was to succeed': (x) => (x.final.notifications[1].status = 'failed'),
  'two-outcomes: told this way and that': (x) => x.final.notifications.push({ ...x.final.notifications[0], seq: 7, gist: 'other' }),
  'wrong-owner: kept for somebody else': (x) => (x.final.notifications[0].owner = 's-b'),
  'foreign: told to another session': (x) =>
    x.history.push({ t: 99, what: 'event', client: 'follower-b', connection: 1, event: 'completed', position: 9, id: 'cmd-a-1', gist: 'gist-a-1' }),
  'foreign: a stranger is answered': (x) => x.final.statuses.push({ gateway: 'gateway-1', id: 'cmd-a-1', status: 200, stranger: true }),
  'unheard: an outcome that its follower never got': (x) => drop(x.history, ({ what, id }) => what === 'event' && id === 'cmd-b-2'),
  'event-order: told again on the same connection': (x) => x.history.push({ ...x.history.find(({ what }) => what === 'event'), t: 99 }),
  'gap: history is said to be gone': (x) => x.history.push({ t: 99, what: 'event', client: 'follower-a', connection: 1, event: 'gap', data: '{}' }),
  'status: asked later, another answer': (x) => (x.final.statuses[0].gist = 'other'),
  'view: a gateway that shows an older document': (x) => (x.final.views[0].value = { id: 'k', log: ['a-1'] }),
  'buried: given up': (x) => x.final.dead.push({ id: 'cmd-c-1', reason: 'not connected' }),
  'invented: a command that nobody sent': (x) => x.final.commands.push({ seq: 7, id: 'cmd-z', type: 'Append', payload: { id: 'k', op: 'z-1' }, owner: 's-a' }),
  'invented: an entry that nobody made': (x) => x.final.entries.push({ bucket: 'notes', key: 'x', revision: 2, id: 'cmd-x', value: { id: 'x' } }),
  'lost: what is no command is nowhere': (x) => x.history.push({ t: 99, what: 'poison', id: 'cmd-p' }),
  'unsettled: not everything is acknowledged': (x) => (x.final.consumer.floors[0].floor = 5),
  'unsettled: a partition has something left': (x) => (x.final.consumer.floors = partitions(16).with(7, { filter: 'commands.7.*.*', waiting: 1, pending: 0 })),
  'unsettled: nobody consumes a partition': (x) => (x.final.consumer.floors = partitions(15)),
  'death: a process that ended by itself': (x) => x.history.push({ t: 99, what: 'death', process: 'reactor-1', code: null, signal: 'SIGSEGV' }),
};

for (const [title, doctor] of Object.entries(lies)) {
  test(title, () => {
    const here = truth();
    doctor(here);
    const found = kinds(here);
    assert.ok(found.includes(title.slice(0, title.indexOf(':'))), `found ${found.join(', ') || 'nothing'}`);
  });
}

test('answers that claim more than they may are dishonest', () => {
  const outcome = { success: null, status: 'pending', command_id: 'cmd-1' };
  const http = (status, json) => ofHttp({ status, json, text: JSON.stringify(json) }).result;
  assert.equal(http(202, outcome), 'accepted');
  assert.equal(http(200, outcome), 'dishonest');
  assert.equal(http(202, { ...outcome, status: 'completed', success: true }), 'dishonest');
  assert.equal(http(202, { ...outcome, success: false }), 'dishonest');
  assert.equal(http(409, { ...outcome, status: 'failed', success: false }), 'failed');
  assert.equal(http(503, { status: 503, code: 'outcome_unknown' }), 'unknown');
  assert.equal(http(503, { status: 503, code: 'unavailable' }), 'refused');
  assert.equal(http(500, { status: 500, code: 'internal' }), 'dishonest');
  assert.equal(http(404, { status: 404, code: 'not_found' }), 'dishonest');
  assert.equal(ofBus(JSON.stringify({ success: false, code: 'outcome_unknown' })).result, 'unknown');
  assert.equal(ofBus(JSON.stringify({ success: false, code: 'handler_timeout' })).result, 'dishonest');
  assert.equal(ofHttpError({ code: 'ECONNREFUSED' }).result, 'refused');
  assert.equal(ofHttpError({ code: 'ECONNRESET' }).result, 'unknown');
});

test('a seed is a plan', () => {
  const has = { nats: ['nats-1'], gateway: ['gateway-1', 'gateway-2'], reactor: ['reactor-1', 'reactor-2'], follower: ['follower-0'], consumer: ['consumer'], handler: ['handler'], disk: true };
  const of = (seed) => plan({ random: new Random(seed).fork('plan'), count: 200, has });
  assert.deepEqual(of(7), of(7));
  assert.notDeepEqual(of(7), of(8));
  const planned = of(7);
  assert.ok(new Set(planned.map(({ name }) => name)).size >= 14, 'all kinds of faults come');
  for (const [i, x] of planned.entries())
    for (const y of planned.slice(i + 1)) if (y.victim === x.victim) assert.ok(y.at >= x.at + x.lasts, 'nobody is hit twice at a time');
});
