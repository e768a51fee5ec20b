// SPDX-License-Identifier: MIT
// Many commands at once: each has its own outcome, and one key keeps its order.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { checkCompleted, checkQuery, town } from './lib/contract.mjs';
import { Client } from './lib/http.mjs';
import { Ledger } from './lib/ledger.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('a thousand commands at once all come back with their own outcome', async (world) => {
  const nats = await world.natsServer();
  const { origin, client, child } = await world.tidings({ nats: nats.url });
  const ledger = new Ledger('load');
  const openFiles = () => fs.readdirSync(`/proc/${child.pid}/fd`).length;
  const before = openFiles();

  await world.claim('1,000 clients wait, 1,000 outcomes arrive', async () => {
    const crowd = new Client(origin, { connections: 1000 });
    // A failed claim must not leave a thousand sockets behind.
    world.adopt(crowd);
    await Promise.all(Array.from({ length: 1000 }, () => ledger.create(crowd, { wait: 20 })));
    assert.equal(ledger.completed.size, 1000, `${ledger.pending.size} pending, ${ledger.unknown.size} unknown, ${ledger.refused.size} refused, ${ledger.dropped.size} dropped`);
    crowd.close();
    await eventually('their sockets are closed', () => openFiles() <= before + 2);
  });

  await world.claim('no two share an id or a revision', () => {
    const outcomes = [...ledger.completed.values()].map((text) => JSON.parse(text));
    assert.equal(new Set(outcomes.map((outcome) => outcome.command_id)).size, 1000);
    assert.equal(new Set(outcomes.map((outcome) => outcome.revision)).size, 1000);
  });

  await world.claim('all documents are there, as reported, and listed once', async () => {
    await ledger.audit(client);
    const listed = new Set();
    let cursor;
    do {
      const page = checkQuery(await client.query('ListLocations', { limit: 300, sort: 'name', ...(cursor && { cursor }) }));
      for (const item of page.items) {
        assert.ok(!listed.has(item.id), `${item.id} is listed twice`);
        listed.add(item.id);
      }
      cursor = page.next_cursor;
    } while (cursor !== null);
    assert.equal(listed.size, 1000);
  });

  await world.claim('the stream has each of them once, and one outcome for each', async () => {
    const spy = await world.spy(nats.url);
    const { state } = await (await spy.jetstreamManager()).streams.info('COMMANDS');
    assert.equal(state.messages, 1000);
    assert.equal((await ledger.auditNotifications(spy)).size, 1000);
  });
});

test('one key changes in the order in which its commands were accepted', async (world) => {
  const nats = await world.natsServer();
  const { client } = await world.tidings({ nats: nats.url });
  const id = 'busy';
  checkCompleted(await client.command('CreateLocation', town('Busy', { id }), { wait: 5 }));
  const changes = 300;
  const answers = await Promise.all(Array.from({ length: changes }, (_, i) =>
    client.command('RenameLocation', { id, name: `Busy ${i}` }, { wait: 20 })));
  const outcomes = new Map(answers.map((answer) => {
    const outcome = checkCompleted(answer, 'RenameLocation');
    return [outcome.command_id, outcome];
  }));
  assert.equal(outcomes.size, changes);

  const accepted = [];
  const spy = await world.spy(nats.url);
  const consumer = await spy.jetstream().consumers.get('COMMANDS');
  for await (const message of await consumer.consume()) {
    const envelope = message.json();
    if (envelope.command_type === 'RenameLocation') accepted.push(envelope);
    if (message.info.pending === 0) break;
  }

  await world.claim('each outcome shows its own change, in rising revisions', () => {
    assert.equal(accepted.length, changes);
    let last = 0;
    for (const { command_id: command, payload } of accepted) {
      const outcome = outcomes.get(command);
      assert.equal(outcome.payload.name, payload.name);
      assert.ok(outcome.revision > last, `${outcome.revision} after ${last}`);
      last = outcome.revision;
    }
  });
  await world.claim('the last one accepted is the one that stays', async () => {
    assert.equal(checkQuery(await client.get(`/locations/${id}`)).name, accepted.at(-1).payload.name);
  });
});
