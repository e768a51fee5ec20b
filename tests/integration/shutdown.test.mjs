// SPDX-License-Identifier: MIT
// SIGTERM: what is in flight is answered, nothing new is taken, and the process ends with 0.
import assert from 'node:assert/strict';
import { checkCompleted, checkPending, checkProblem, checkQuery, town } from './lib/contract.mjs';
import { Client, RawConnection } from './lib/http.mjs';
import { Ledger, progress } from './lib/ledger.mjs';
import { accepts } from './lib/ports.mjs';
import { holdWrites, published } from './lib/stall.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

async function inFlight(world, count, wait) {
  const nats = await world.natsServer();
  const proxy = await world.natsProxy(nats);
  const tidings = await world.tidings({ nats: proxy.url });
  proxy.decide(holdWrites);
  const answers = Array.from({ length: count }, (_, i) =>
    tidings.client.command('CreateLocation', town(`In flight ${i}`), { wait }));
  await eventually('all are published', () => published(proxy).length === count);
  return { nats, proxy, tidings, answers };
}

test('SIGTERM answers what is in flight', async (world) => {
  const { nats, proxy, tidings, answers } = await inFlight(world, 50, 30);
  const { origin, client } = tidings;
  tidings.child.kill('SIGTERM');
  let pending;

  await world.claim('every waiting client hears something honest', async () => {
    for (const answer of await Promise.all(answers)) {
      if (answer.status === 503) checkProblem(answer, 503);
      else if (answer.status === 200) checkCompleted(answer);
      else checkPending(answer);
    }
    pending = (await Promise.all(answers)).filter((answer) => answer.status === 202);
    assert.ok(pending.length > 0, 'an accepted command is pending');
  });
  await world.claim('the process ends with 0, and soon', async () => {
    assert.deepEqual(await tidings.child.exited(20_000), { code: 0, signal: null });
    assert.equal(await accepts(Number(new URL(origin).port)), false);
    client.close();
  });
  await world.claim('the next one finishes the commands', async () => {
    proxy.release();
    const next = await world.tidings({ nats: nats.url });
    for (const answer of pending) {
      const done = checkCompleted(await next.client.outcome(answer.json.command_id));
      assert.deepEqual(checkQuery(await next.client.get(`/locations/${done.key}`)), done.payload);
    }
  });
});

test('while it drains it says that it is not ready and takes no new command', async (world) => {
  const { tidings, answers } = await inFlight(world, 1, 30);
  // An idle connection may be closed at once; one with a request under way is kept for its answer.
  const raw = await RawConnection.open(tidings.origin);
  const body = JSON.stringify(town('Slow'));
  raw.write(`POST /commands/CreateLocation HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=30\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  raw.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  tidings.child.kill('SIGTERM');
  await Promise.all(answers);
  await eventually('the pipelined connection ends', () => raw.ended || raw.received.length > 0);
  if (raw.received.includes('/readyz')) assert.match(raw.received.toString(), /503/);
  raw.destroy();
  assert.equal((await tidings.child.exited(20_000)).code, 0);
});

test('SIGTERM under load breaks no promise', async (world) => {
  const store = world.directory();
  const tidings = await world.tidings({ store });
  const crowd = new Client(tidings.origin);
  world.adopt(crowd);
  const ledger = new Ledger('shutdown');
  const load = ledger.load(crowd, { workers: 32, wait: 10 });
  await progress(ledger, 500);
  tidings.child.kill('SIGTERM');
  assert.deepEqual(await tidings.child.exited(20_000), { code: 0, signal: null });
  await load.stop();
  const next = await world.tidings({ store });
  await world.claim('what was answered is there after a restart', () => ledger.audit(next.client));
});

test('SIGTERM ends it also when NATS is gone', async (world) => {
  const nats = await world.natsServer();
  const tidings = await world.tidings({ nats: nats.url });
  await nats.kill();
  await eventually('/readyz answers 503', async () => (await tidings.client.ready()) === 503);
  tidings.child.kill('SIGTERM');
  assert.deepEqual(await tidings.child.exited(20_000), { code: 0, signal: null });
});

test('a second signal ends it at once', async (world) => {
  const { tidings, answers } = await inFlight(world, 5, 30);
  const settled = Promise.allSettled(answers);
  tidings.child.kill('SIGTERM');
  tidings.child.kill('SIGINT');
  const start = performance.now();
  await tidings.child.exited(5_000);
  assert.ok(performance.now() - start < 5_000);
  await settled;
});
