// SPDX-License-Identifier: MIT
// Gateway or embedded nats-server killed again and again under load: what was promised is kept.
import assert from 'node:assert/strict';
import { Ledger, progress } from './lib/ledger.mjs';
import { embeddedServerOf } from './lib/processes.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('the gateway killed under load', async (world) => {
  const nats = await world.natsServer();
  const ledgers = [];
  for (const wait of [5, 0, 5]) {
    const gateway = await world.tidings({ nats: nats.url });
    const ledger = new Ledger(`gateway-${ledgers.length}`);
    ledgers.push(ledger);
    const load = ledger.load(gateway.client, { workers: 32, wait });
    await eventually('500 answers', () => ledger.answered >= 500, { deadline: 20_000 });
    await gateway.kill();
    await load.stop();
  }
  const last = await world.tidings({ nats: nats.url });
  for (const [round, ledger] of ledgers.entries())
    await world.claim(`round ${round}: everything promised is there, as it was told`, () => ledger.audit(last.client));
  await world.claim('no command has two different outcomes', async () =>
    ledgers[0].auditNotifications(await world.spy(nats.url)));
});

test('the embedded nats-server killed under load', async (world) => {
  const { client, child } = await world.tidings();
  const ledger = new Ledger('embedded');
  const load = ledger.load(client, { workers: 16, wait: 5 });
  for (let round = 1; round <= 3; round += 1) {
    await world.claim(`round ${round}: commands complete again`, async () => {
      await progress(ledger, 200);
      process.kill(embeddedServerOf(child.pid), 'SIGKILL');
      await progress(ledger, 50);
    });
  }
  await load.stop();
  await world.claim('everything promised is there', () => ledger.audit(client));
  assert.deepEqual([...ledger.dropped], []);
});
