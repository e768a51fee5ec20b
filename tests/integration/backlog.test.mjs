// SPDX-License-Identifier: MIT
// Admission by what waits: a gateway that reacts to nothing itself refuses what the reactors cannot do in time, and says when to come back.
import assert from 'node:assert/strict';
import { checkCompleted, checkPending, checkProblem, town } from './lib/contract.mjs';
import { scrape } from './lib/prometheus.mjs';
import { eventually, slowdown } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const limit = 200;

test('a gateway refuses new commands while too many wait', async (world) => {
  const nats = await world.natsServer();
  const { client } = await world.tidings({ nats: nats.url, args: ['--roles', 'gateway', '--max-backlog', String(limit)] });
  const spy = await world.spy(nats.url);
  const jsm = await spy.jetstreamManager();
  const metric = async (name, labels) => (await scrape(client)).value(name, labels);
  const accepted = new Map(); // id -> name
  let refused;
  let serial = 0;

  const send = async (more) => {
    const name = `town ${(serial += 1)}`;
    const answer = await client.command('CreateLocation', town(name), more);
    if (answer.status === 202) accepted.set(checkPending(answer).command_id, name);
    return answer;
  };

  await world.claim('nobody settles anything: it fills, and then 503 names the reason', async () => {
    await eventually('a refusal', async () => {
      const answers = await Promise.all(Array.from({ length: 40 }, () => send()));
      refused = answers.find(({ status }) => status !== 202);
      return refused;
    }, { every: 100, deadline: 20_000 });
    const problem = checkProblem(refused, 503, 'backlog_full');
    assert.match(problem.detail, /\d+ commands wait/);
    const seconds = Number(refused.headers['retry-after']);
    assert.ok(seconds >= 60 && seconds <= 90, `nothing moves, so for as long as it gets: ${seconds}`);
    assert.ok(accepted.size > limit, `${accepted.size} before the first refusal`);
    assert.equal((await jsm.streams.info('COMMANDS')).state.messages, accepted.size, 'accepted is stored, and nothing else is');
  });

  await world.claim('what is wrong with a command is still said first', async () => {
    checkProblem(await client.command('CreateLocation', { name: 5 }), 422, 'schema_violation');
  });

  await world.claim('the metrics say so', async () => {
    assert.equal(await metric('tidings_backlog_full'), 1);
    assert.ok(await metric('tidings_backlog') > limit);
    assert.ok(await metric('tidings_refusals_total', { reason: 'backlog' }) >= 1);
    assert.equal((await client.get('/readyz')).status, 200, 'a backlog is no reason to take the gateway out');
  });

  const retried = { name: 'retried', category: 'Town' };
  await world.claim('the same over NATS, with the same code and hint', async () => {
    const command = { command_type: 'CreateLocation', command_id: 'cmd-bus-1', service_id: 'test', timestamp: new Date().toISOString(), payload: retried };
    const reply = await spy.request('commands.CreateLocation', JSON.stringify(command), { timeout: 5000 * slowdown });
    const envelope = reply.json();
    assert.equal(envelope.success, false);
    assert.equal(envelope.code, 'backlog_full');
    assert.equal(envelope.command_id, 'cmd-bus-1');
    assert.ok(envelope.retry_after >= 60 && envelope.retry_after <= 90, JSON.stringify(envelope));
  });

  await world.claim('another gateway finds the same, from its start', async () => {
    const other = await world.tidings({ nats: nats.url, args: ['--roles', 'gateway', '--max-backlog', String(limit)] });
    await eventually('it knows', async () => {
      const answer = await other.client.command('CreateLocation', town('other'));
      if (answer.status === 202) accepted.set(answer.json.command_id, 'other');
      return answer.status === 503 && checkProblem(answer, 503, 'backlog_full');
    });
    await other.stop();
  });

  await world.claim('a key whose command was accepted gets that command, not a refusal', async () => {
    const first = [...accepted.keys()][0];
    const status = await client.get(`/commands/${first}`);
    assert.equal(status.json.status, 'pending');
    // Lets one in, with a key, through a gateway without a limit.
    const open = await world.tidings({ nats: nats.url, args: ['--roles', 'gateway', '--max-backlog', '0'] });
    const pending = checkPending(await open.client.command('CreateLocation', retried, { key: 'again' }));
    accepted.set(pending.command_id, 'retried');
    await open.stop();
    const again = checkPending(await client.command('CreateLocation', retried, { key: 'again' }));
    assert.equal(again.command_id, pending.command_id);
    checkProblem(await client.command('CreateLocation', { ...retried, name: 'other' }, { key: 'again' }), 422, 'idempotency_mismatch');
    checkProblem(await client.command('CreateLocation', retried, { key: 'never-used' }), 503, 'backlog_full');
  });

  await world.claim('when a reactor comes, all that was accepted is done, and new commands are taken', async () => {
    await world.tidings({ nats: nats.url, args: ['--roles', 'reactor'] });
    for (const [id, name] of accepted) {
      const outcome = await eventually(`the outcome of ${id}`, async () => {
        const answer = await client.get(`/commands/${id}`, { headers: { prefer: 'wait=10' } });
        return answer.json?.status === 'completed' && answer.json;
      }, { deadline: 30_000 });
      assert.equal(outcome.payload.name, name);
    }
    await eventually('it takes commands again', async () => (await send({ wait: 10 })).status === 200);
    assert.equal(await metric('tidings_backlog_full'), 0);
    assert.ok(await metric('tidings_backlog_settled_per_second') >= 0);
    checkCompleted(await client.command('CreateLocation', town('last'), { wait: 10 }));
  });
});
