// SPDX-License-Identifier: MIT
// A step that stalls past the caller's wait: pending is said, and the outcome still arrives.
import assert from 'node:assert/strict';
import { checkCompleted, checkPending, checkProblem, checkQuery, town } from './lib/contract.mjs';
import { RawConnection } from './lib/http.mjs';
import { holdDeliveries, holdWrites, loseAcks, published } from './lib/stall.mjs';
import { eventually, within } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

async function stallable(world, options) {
  const nats = await world.natsServer();
  const proxy = await world.natsProxy(nats);
  const tidings = await world.tidings({ nats: proxy.url, ...options });
  return { nats, proxy, ...tidings };
}

const timed = async (work) => {
  const start = performance.now();
  const result = await work;
  return [result, performance.now() - start];
};

test('a stalled command answers pending at its deadline and completes later', async (world) => {
  const { proxy, client } = await stallable(world);

  for (const [title, rule, stages] of [
    ['the reactor gets no deliveries', holdDeliveries, ['accepted']],
    ['the bucket cannot be written', holdWrites, ['accepted', 'handled']],
  ]) {
    await world.claim(`${title}: 202 with the stage reached`, async () => {
      proxy.decide(rule);
      const [answer, took] = await timed(client.command('CreateLocation', town(title), { wait: 1 }));
      const pending = checkPending(answer, 'CreateLocation');
      assert.ok(stages.includes(pending.stage), pending.stage);
      assert.equal(answer.headers['preference-applied'], 'wait=1');
      assert.ok(took >= 950 && took < within(3_000), `${took} ms`);

      const asked = await client.get(`/commands/${pending.command_id}`);
      assert.equal(asked.status, 200);
      assert.equal(asked.json.status, 'pending');
      const [again] = await timed(client.get(`/commands/${pending.command_id}`, { headers: { prefer: 'wait=1' } }));
      assert.equal(again.json.status, 'pending');

      const attached = client.get(`/commands/${pending.command_id}`, { headers: { prefer: 'wait=10' } });
      proxy.release();
      const done = checkCompleted(await attached, 'CreateLocation');
      assert.equal(done.command_id, pending.command_id);
      assert.deepEqual(checkQuery(await client.get(`/locations/${done.key}`)), done.payload);
      checkCompleted(await client.command('CreateLocation', town('Next'), { wait: 5 }));
    });
  }

  await world.claim('other commands do not wait for a stalled one to be asked about', async () => {
    assert.equal((await client.get('/healthz')).status, 200);
  });
});

test('a wait is capped by --max-wait', async (world) => {
  const { proxy, client } = await stallable(world, { args: ['--max-wait', '500'] });
  proxy.decide(holdWrites);
  const [answer, took] = await timed(client.command('CreateLocation', town('Capped'), { wait: 30 }));
  checkPending(answer);
  assert.ok(took >= 450 && took < within(5_000), `${took} ms`);
  proxy.release();
  checkCompleted(await client.outcome(answer.json.command_id));
});

test('--default-wait is for those who do not ask', async (world) => {
  const { client } = await world.tidings({ args: ['--default-wait', '5000'] });
  const answer = await client.command('CreateLocation', town('Patient'));
  checkCompleted(answer);
  assert.equal(answer.headers['preference-applied'], undefined);
  checkPending(await client.command('CreateLocation', town('Hasty'), { wait: 0 }));
});

test('a client that leaves ends its wait, not its command', async (world) => {
  const { proxy, client, origin } = await stallable(world);
  proxy.decide(holdWrites);
  const raw = await RawConnection.open(origin);
  const body = JSON.stringify(town('Abandoned', { id: 'abandoned' }));
  raw.write(`POST /commands/CreateLocation HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=20\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const id = await eventually('the command is published', () => published(proxy)[0]);
  raw.destroy();
  proxy.release();
  const done = checkCompleted(await client.outcome(id), 'CreateLocation');
  assert.deepEqual(checkQuery(await client.get('/locations/abandoned')), done.payload);
});

test('a lost acknowledgement makes an outcome unknown, never a failure', async (world) => {
  const { nats, proxy, client } = await stallable(world);

  await world.claim('lost once, the command is published again under the same id and happens once', async () => {
    proxy.decide(loseAcks(1));
    const done = checkCompleted(await client.command('CreateLocation', town('Twice'), { wait: 20 }), 'CreateLocation');
    proxy.release();
    const spy = await world.spy(nats.url);
    const { state } = await (await spy.jetstreamManager()).streams.info('COMMANDS');
    assert.equal(state.messages, 1);
    assert.equal(checkQuery(await client.get(`/locations/${done.key}`)).name, 'Twice');
  });

  await world.claim('lost for good, the answer is 503 or what the outcome itself proves, and a retry tells', async () => {
    proxy.decide(loseAcks());
    const answer = await client.command('CreateLocation', town('Unheard', { id: 'unheard' }), { key: 'unheard' });
    if (answer.status === 503) checkProblem(answer, 503, 'outcome_unknown');
    else assert.ok([200, 202].includes(answer.status), answer.text);
    if (answer.status === 202) assert.notEqual(answer.json.stage, 'accepted', 'no acknowledgement came, and no outcome');
    proxy.release();
    const retried = checkCompleted(await client.command('CreateLocation', town('Unheard', { id: 'unheard' }), { wait: 10, key: 'unheard' }));
    assert.equal(retried.key, 'unheard');
  });
});

test('a frozen nats-server makes outcomes unknown until it goes on', async (world) => {
  const nats = await world.natsServer();
  const { client } = await world.tidings({ nats: nats.url });
  checkCompleted(await client.command('CreateLocation', town('Warm'), { wait: 5 }));
  await nats.freeze();
  const posted = [undefined, 1, 5].map((wait) =>
    client.command('CreateLocation', town('Frozen'), { wait, key: `frozen-${wait}` }));

  await world.claim('it never answers 202, nor that the command failed', async () => {
    for (const answer of await Promise.all(posted)) {
      const { code } = checkProblem(answer, 503);
      assert.ok(['outcome_unknown', 'unavailable'].includes(code), code);
    }
  });
  await world.claim('other requests are still answered', async () => {
    assert.equal((await client.get('/healthz')).status, 200);
  });
  await world.claim('afterwards the same keys lead to one outcome each', async () => {
    nats.thaw();
    await client.waitReady();
    for (const wait of [undefined, 1, 5])
      checkCompleted(await client.command('CreateLocation', town('Frozen'), { wait: 10, key: `frozen-${wait}` }));
    const page = checkQuery(await client.query('ListLocations', {}));
    assert.equal(page.items.filter((item) => item.name === 'Frozen').length, 3);
  });
});
