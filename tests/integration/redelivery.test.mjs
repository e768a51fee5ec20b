// SPDX-License-Identifier: MIT
// What is delivered or sent twice happens once; what can never happen becomes a dead letter and blocks nobody.
import assert from 'node:assert/strict';
import { nanos } from 'nats';
import { checkCompleted, checkPending, checkQuery, town } from './lib/contract.mjs';
import { holdAcks, holdDeliveries, holdWrites, loseDeliveries } from './lib/stall.mjs';
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

test('a backlog after a crash, whose consumer is then deleted', async (world) => {
  const nats = await world.natsServer();
  const proxy = await world.natsProxy(nats);
  const spy = await world.spy(nats.url);
  const first = await world.tidings({ nats: proxy.url });
  proxy.decide(holdDeliveries);
  const ids = [];
  for (let i = 0; i < 30; i += 1)
    ids.push(checkPending(await first.client.command('CreateLocation', town(`Backlog ${i}`, { id: `backlog-${i}` }))).command_id);
  await first.kill();
  proxy.decide(loseDeliveries);
  const second = await world.tidings({ nats: proxy.url });

  await world.claim('what was never delivered is not called projected', async () => {
    const answer = await second.client.get(`/commands/${ids[9]}`, { headers: { prefer: 'wait=1' } });
    assert.equal(answer.json.status, 'pending');
    assert.equal(answer.json.stage, 'accepted');
  });
  await world.claim('another consumer is made, and no command is skipped', async () => {
    const jsm = await spy.jetstreamManager();
    const [consumer] = await jsm.consumers.list('COMMANDS').next();
    await jsm.consumers.delete('COMMANDS', consumer.name);
    proxy.release();
    for (const [i, id] of ids.entries()) {
      const done = checkCompleted(await second.client.outcome(id, { deadline: 30_000 }));
      assert.equal(done.key, `backlog-${i}`);
    }
    await second.client.waitReady();
  });
});

test('an outcome that was told is not told anew after a restart', async (world) => {
  const nats = await world.natsServer();
  const proxy = await world.natsProxy(nats);
  const first = await world.tidings({ nats: proxy.url });
  proxy.decide(holdAcks);
  const told = await Promise.all(Array.from({ length: 200 }, (_, i) =>
    first.client.command('CreateLocation', town(`Told ${i}`), { wait: 10 })));
  for (const answer of told) checkCompleted(answer);
  await first.kill();
  const second = await world.tidings({ nats: nats.url });
  await allAcknowledged(await world.spy(nats.url));
  for (const answer of told) assert.equal((await second.client.get(`/commands/${answer.json.command_id}`)).text, answer.text);
  const { state } = await (await (await world.spy(nats.url)).jetstreamManager()).streams.info('NOTIFICATIONS');
  assert.equal(state.messages, told.length);
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
