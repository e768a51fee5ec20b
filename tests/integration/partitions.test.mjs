// SPDX-License-Identifier: MIT
// Reactors share the partitions of COMMANDS: who joins gets a share, who leaves or dies loses it, and no promise breaks.
import assert from 'node:assert/strict';
import { checkCompleted, checkPending, town } from './lib/contract.mjs';
import { Ledger, progress } from './lib/ledger.mjs';
import { scrape } from './lib/prometheus.mjs';
import { eventually, pause } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const roles = (role) => ['--roles', role];
const partitionsOf = async ({ client }) => (await scrape(client)).value('tidings_reactor_partitions');

/** Waits until the reactors consume so many partitions. */
const shares = (reactors, ...expected) => eventually(`shares of ${expected}`, async () =>
  String(await Promise.all(reactors.map(partitionsOf))) === String(expected), { deadline: 30_000 });

/** One process takes commands, the others handle them. */
async function scene(world, count = 2) {
  const nats = await world.natsServer();
  const gateway = await world.tidings({ nats: nats.url, args: roles('gateway') });
  const reactors = [];
  for (let i = 0; i < count; i += 1) reactors.push(await world.tidings({ nats: nats.url, args: roles('reactor') }));
  return { nats, gateway, reactors, join: () => world.tidings({ nats: nats.url, args: roles('reactor') }) };
}

/** How many commands a reactor has settled. */
const settledBy = async ({ client }) => {
  const page = await scrape(client);
  return page.value('tidings_commands_total', { type: 'CreateLocation', outcome: 'completed' })
    + page.value('tidings_commands_total', { type: 'RenameLocation', outcome: 'completed' });
};

/** Several commands of each of some keys are always in flight; which of them is the last, only the stream knows. */
class Renames {
  #going = true;
  accepted = [];

  static async begin(client, keys) {
    const renames = new Renames();
    for (const id of keys) checkCompleted(await client.command('CreateLocation', town('First', { id }), { wait: 20 }));
    renames.loops = keys.flatMap((id) => [0, 1, 2].map(async (worker) => {
      for (let n = 0; renames.#going; n += 1) {
        const answer = await client.command('RenameLocation', { id, name: `${worker}-${n}` }, { wait: n % 2 === 0 ? 10 : 0 });
        if (answer.status === 202) renames.accepted.push(checkPending(answer, 'RenameLocation').command_id);
        else renames.accepted.push(checkCompleted(answer, 'RenameLocation').command_id);
        if (answer.status === 202) await pause(5);
      }
    }));
    return renames;
  }

  stop() {
    this.#going = false;
    return Promise.all(this.loops);
  }

  /** All are told as completed, in the order of the stream, and the last one is what stands in the bucket. */
  async audit(client, spy) {
    for (const id of this.accepted) checkCompleted(await client.outcome(id, { deadline: 60_000 }), 'RenameLocation');
    const last = new Map();
    const consumer = await spy.jetstream().consumers.get('COMMANDS');
    for await (const message of await consumer.consume()) {
      const { command_type: type, command_id: id, payload } = message.json();
      if (type === 'RenameLocation') {
        const outcome = (await client.outcome(id, { deadline: 60_000 })).json;
        assert.equal(outcome.payload.name, payload.name);
        assert.ok(outcome.revision > (last.get(payload.id)?.revision ?? 0), `revision ${outcome.revision} of ${id}, the ${message.seq}th command`);
        last.set(payload.id, { revision: outcome.revision, name: payload.name });
      }
      if (message.info.pending === 0) break;
    }
    for (const [id, { revision, name }] of last) {
      const entry = await (await spy.jetstreamManager()).streams.getMessage('KV_locations', { last_by_subj: `$KV.locations.${id}` });
      assert.deepEqual({ revision: entry.seq, name: entry.json().name }, { revision, name });
    }
  }
}

const towns = (prefix) => Array.from({ length: 8 }, (_, i) => `${prefix}-${i}`);

test('two reactors share the stream, and one takes all of it when the other is gone', async (world) => {
  const { nats, gateway, reactors, join } = await scene(world);
  const spy = await world.spy(nats.url);
  const consumers = async () => (await (await spy.jetstreamManager()).consumers.list('COMMANDS').next()).map(({ config }) => config.filter_subject ?? 'all').sort();
  await world.claim('each consumes half of the partitions and does a part of the work', async () => {
    await shares(reactors, 8, 8);
    const ledger = new Ledger('half');
    const load = ledger.load(gateway.client, { workers: 16, wait: 10 });
    await progress(ledger, 300);
    await load.stop();
    const work = await Promise.all(reactors.map(settledBy));
    assert.equal(work[0] + work[1], ledger.completed.size);
    assert.ok(Math.min(...work) > 50, `they did ${work}`);
    await ledger.audit(gateway.client);
  });
  await world.claim('a third one that joins under load gets its share, and nothing is told twice', async () => {
    const ledger = new Ledger('third');
    const load = ledger.load(gateway.client, { workers: 16, wait: 10 });
    await progress(ledger, 100);
    reactors.push(await join());
    await eventually('all have a share', async () => Math.min(...await Promise.all(reactors.map(partitionsOf))) >= 5, { deadline: 20_000 });
    await progress(ledger, 300);
    await load.stop();
    await ledger.audit(gateway.client);
    const jsm = await spy.jetstreamManager();
    assert.equal((await jsm.streams.info('NOTIFICATIONS')).state.messages, (await jsm.streams.info('COMMANDS')).state.messages);
  });
  await world.claim('one that is stopped gives its share back at once', async () => {
    const ledger = new Ledger('stopped');
    const load = ledger.load(gateway.client, { workers: 16, wait: 10 });
    await progress(ledger, 100);
    await reactors.pop().stop();
    await shares(reactors, 8, 8);
    await progress(ledger, 100);
    await load.stop();
    await ledger.audit(gateway.client);
    const jsm = await spy.jetstreamManager();
    assert.equal((await jsm.streams.info('NOTIFICATIONS')).state.messages, (await jsm.streams.info('COMMANDS')).state.messages);
  });
  await world.claim('one that is killed loses its partitions to the other, which later consumes the stream as a whole', async () => {
    const ledger = new Ledger('killed');
    const load = ledger.load(gateway.client, { workers: 16, wait: 10 });
    await progress(ledger, 100);
    await reactors.pop().kill();
    await shares(reactors, 16);
    await eventually('it uses one consumer', async () => String(await consumers()) === 'all', { deadline: 30_000 });
    await progress(ledger, 100);
    await load.stop();
    await ledger.audit(gateway.client);
    await ledger.auditNotifications(spy);
  });
});

test('the commands of a key keep their order while reactors come and go', async (world) => {
  const { nats, gateway, reactors, join } = await scene(world);
  const renames = await Renames.begin(gateway.client, towns('moved'));
  for (let round = 0; round < 3; round += 1) {
    await eventually('some are renamed', ((before) => () => renames.accepted.length > before + 200)(renames.accepted.length), { deadline: 30_000 });
    await reactors.shift().kill();
    reactors.push(await join());
    await shares(reactors, 8, 8);
    await eventually('some are renamed', ((before) => () => renames.accepted.length > before + 200)(renames.accepted.length), { deadline: 30_000 });
    await reactors.shift().stop();
    reactors.push(await join());
    await shares(reactors, 8, 8);
  }
  await renames.stop();
  await renames.audit(gateway.client, await world.spy(nats.url));
});

test('a reactor that is paused past its lease with work in its hands overwrites nothing and loses nothing', async (world) => {
  const { nats, gateway, reactors } = await scene(world);
  await shares(reactors, 8, 8);
  const renames = await Renames.begin(gateway.client, towns('renamed'));
  const ledger = new Ledger('paused');
  const load = ledger.load(gateway.client, { workers: 16, wait: 10 });
  for (let round = 0; round < 4; round += 1) {
    const [victim, survivor] = round % 2 === 0 ? reactors : [...reactors].reverse();
    await progress(ledger, 100);
    await victim.child.freeze();
    await shares([survivor], 16);
    await progress(ledger, 100);
    victim.child.thaw();
    await shares(reactors, 8, 8);
  }
  await load.stop();
  await renames.stop();
  const spy = await world.spy(nats.url);
  await world.claim('every command has its outcome, in order', () => renames.audit(gateway.client, spy));
  await world.claim('everything promised is there', () => ledger.audit(gateway.client));
  await world.claim('no command has two different outcomes', () => ledger.auditNotifications(spy));
  await world.claim('nothing was given up', async () =>
    assert.equal((await (await spy.jetstreamManager()).streams.info('DEAD_LETTERS')).state.messages, 0));
});
