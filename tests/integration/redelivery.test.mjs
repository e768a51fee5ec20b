// SPDX-License-Identifier: MIT
// What is delivered or sent twice happens once; what can never happen becomes a dead letter and blocks nobody.
import assert from 'node:assert/strict';
import { nanos } from 'nats';
import { checkCompleted, checkPending, checkQuery, town } from './lib/contract.mjs';
import { holdAcks, holdWrites } from './lib/stall.mjs';
import { eventually, pause } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

/** Waits until the reactor's consumer owes nothing up to the end of COMMANDS. */
async function allAcknowledged(spy) {
  const jsm = await spy.jetstreamManager();
  await eventually('every command is acknowledged', async () => {
    const { state } = await jsm.streams.info('COMMANDS');
    const [consumer] = await jsm.consumers.list('COMMANDS').next();
    return consumer.num_ack_pending === 0 && consumer.ack_floor.stream_seq === state.last_seq;
  }, { deadline: 60_000, every: 200 });
}

test('the gateway killed at the worst moments', async (world) => {
  const nats = await world.natsServer();
  const spy = await world.spy(nats.url);

  await world.claim('before the write: the command is done after the restart', async () => {
    const proxy = await world.natsProxy(nats);
    const first = await world.tidings({ nats: proxy.url });
    proxy.decide(holdWrites);
    const pending = checkPending(await first.client.command('CreateLocation', town('Late', { id: 'late' })));
    await eventually('the write is under way', () => proxy.held.length > 0);
    await first.kill();
    const second = await world.tidings({ nats: nats.url });
    const done = checkCompleted(await second.client.outcome(pending.command_id, { deadline: 60_000 }));
    assert.deepEqual(checkQuery(await second.client.get('/locations/late')), done.payload);
    await second.stop();
  });

  await world.claim('after the write, before the acknowledgement: the redelivery changes nothing', async () => {
    const proxy = await world.natsProxy(nats);
    const first = await world.tidings({ nats: proxy.url });
    proxy.decide(holdAcks);
    const told = await first.client.command('CreateLocation', town('Once', { id: 'once' }), { wait: 5 });
    const { command_id: id, revision } = checkCompleted(told);
    await first.kill();
    const second = await world.tidings({ nats: nats.url });
    await allAcknowledged(spy);
    assert.equal((await second.client.get(`/commands/${id}`)).text, told.text);
    const entry = await (await spy.jetstreamManager()).streams.getMessage('KV_locations', { last_by_subj: '$KV.locations.once' });
    assert.equal(entry.seq, revision);
  });
});

test('an Idempotency-Key holds longer than the stream remembers', async (world) => {
  const nats = await world.natsServer();
  const { client } = await world.tidings({ nats: nats.url });
  const jsm = await (await world.spy(nats.url)).jetstreamManager();
  await jsm.streams.update('COMMANDS', { duplicate_window: nanos(100) });
  const first = await client.command('CreateLocation', town('Kept', { id: 'kept' }), { wait: 5, key: 'kept' });
  checkCompleted(first);
  checkCompleted(await client.command('RenameLocation', { id: 'kept', name: 'Later' }, { wait: 5 }));
  await pause(300); // The server's own window has to pass.
  const again = await client.command('CreateLocation', town('Kept', { id: 'kept' }), { wait: 5, key: 'kept' });
  assert.equal(again.text, first.text);
  assert.equal(checkQuery(await client.get('/locations/kept')).name, 'Later');
});

test('what cannot be a command becomes a dead letter, and the next one is served', async (world) => {
  const nats = await world.natsServer();
  const { client } = await world.tidings({ nats: nats.url });
  const spy = await world.spy(nats.url);
  const jetstream = spy.jetstream();
  const envelope = (type, id) => JSON.stringify({ command_type: type, command_id: id, service_id: 'test', timestamp: '2026-01-01T00:00:00Z', payload: {} });
  const poison = {
    'commands.0.CreateLocation.cmd-garbage': 'not JSON',
    'commands.1.CreateLocation.cmd-incomplete': '{}',
    'commands.2.Mystery.cmd-mystery': envelope('Mystery', 'cmd-mystery'),
  };
  for (const [subject, body] of Object.entries(poison)) await jetstream.publish(subject, body);
  checkCompleted(await client.command('CreateLocation', town('Healthy'), { wait: 10 }));

  for (const subject of Object.keys(poison)) {
    await world.claim(`${subject} is kept aside, with its reason`, async () => {
      const [, , type, id] = subject.split('.');
      const letter = await eventually('the dead letter', async () =>
        (await spy.jetstreamManager()).streams.getMessage('DEAD_LETTERS', { last_by_subj: `dead.${type}.${id}` }),
      { deadline: 30_000, every: 200 });
      assert.equal(letter.string(), poison[subject]);
      assert.match(letter.header.get('Tidings-Reason'), /\S/);
      assert.match(letter.header.get('Tidings-Attempts'), /^\d+$/);
      assert.equal(letter.header.get('Tidings-Subject'), subject);
      assert.match(letter.header.get('Tidings-Time'), /^\d{4}-/);
    });
  }
  await world.claim('nothing of it comes again', () => allAcknowledged(spy));
});
