// SPDX-License-Identifier: MIT
// nats-server dies and comes back, under load: no promise is broken and nothing unknown is called known.
import assert from 'node:assert/strict';
import { checkCompleted, checkProblem, town } from './lib/contract.mjs';
import { Ledger, progress } from './lib/ledger.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('nats-server killed and restarted under load', async (world) => {
  const nats = await world.natsServer();
  const { client } = await world.tidings({ nats: nats.url });
  const ledger = new Ledger('reconnect');
  const load = ledger.load(client, { workers: 24, wait: 5 });

  for (let round = 1; round <= 3; round += 1) {
    await world.claim(`round ${round}: readiness falls and returns, commands complete again`, async () => {
      await progress(ledger, 300);
      await nats.kill();
      await eventually('/readyz answers 503', async () => (await client.ready()) === 503);
      assert.equal((await client.get('/healthz')).status, 200);
      await nats.start();
      await client.waitReady();
      await progress(ledger, 100);
    });
  }

  await world.claim('every request under way got an honest answer', async () => {
    await load.stop();
    assert.deepEqual([...ledger.dropped], []);
    assert.ok(ledger.answered > 1000);
  });
  await world.claim('everything promised is in the read model, nothing refused is', () => ledger.audit(client));
  await world.claim('no command has two different outcomes', async () => {
    const told = await ledger.auditNotifications(await world.spy(nats.url));
    assert.ok(told.size >= ledger.completed.size, `${told.size} < ${ledger.completed.size}`);
  });
});

test('while nats-server is away nothing is promised', async (world) => {
  const nats = await world.natsServer();
  const { client } = await world.tidings({ nats: nats.url });
  const kept = checkCompleted(await client.command('CreateLocation', town('Kept'), { wait: 5 }));
  await nats.kill();
  await eventually('/readyz answers 503', async () => (await client.ready()) === 503);

  await world.claim('a command is refused with 503, with and without a wait', async () => {
    for (const wait of [undefined, 1]) {
      const problem = checkProblem(await client.command('CreateLocation', town('Refused', { id: 'refused' }), { wait }), 503);
      assert.ok(['unavailable', 'outcome_unknown'].includes(problem.code), problem.code);
    }
  });
  await world.claim('after its return the same key can be created: a refusal was a refusal', async () => {
    await nats.start();
    await client.waitReady();
    const answer = await client.command('CreateLocation', town('Refused', { id: 'refused' }), { wait: 5 });
    assert.ok([200, 409].includes(answer.status), answer.text);
    assert.equal((await client.get(`/commands/${kept.command_id}`)).json.status, 'completed');
  });
});
