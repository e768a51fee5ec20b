// SPDX-License-Identifier: MIT
// The browser's client against a gateway that misbehaves on request.
import assert from 'node:assert/strict';
import { Tidings, TidingsError } from '../../web/client/tidings.js';
import { FakeGateway, FakeLocks, json, problem } from './lib/fake_gateway.mjs';
import { eventually, timely } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

async function setting(world, options = {}) {
  const gateway = world.adopt(await FakeGateway.start());
  const client = world.adopt(new Tidings({ base: gateway.origin, ...options }));
  return { gateway, client };
}

async function thrown(promise) {
  const error = await promise.then(() => assert.fail('it did not fail'), (x) => x);
  assert.ok(error instanceof TidingsError, error.stack);
  return error;
}

test('a command resolves with its outcome', async (world) => {
  const { gateway, client } = await setting(world, { session: 'me' });

  await world.claim('when the response has it', async () => {
    gateway.onCommand = ({ response }) => json(response, 200, { command_id: 'cmd-a', status: 'completed', success: true });
    const { outcome, pending, response } = await client.command('Make', { name: 'x' }, { wait: 2.2, headers: { 'tidings-delay-ms': '5' } });
    assert.equal(outcome.command_id, 'cmd-a');
    assert.equal(pending, undefined);
    assert.equal(response.status, 200);
    const { headers, path: target, text } = gateway.requests[0];
    assert.equal(target, '/commands/Make');
    assert.deepEqual(JSON.parse(text), { name: 'x' });
    assert.equal(headers.prefer, 'wait=2');
    assert.equal(headers['tidings-session'], 'me');
    assert.equal(headers['tidings-delay-ms'], '5');
    assert.match(headers['idempotency-key'], /^[a-z0-9-]{16,255}$/);
  });

  await world.claim('also when it was rejected, which is no exception', async () => {
    gateway.onCommand = ({ response }) => json(response, 409, { command_id: 'cmd-b', status: 'failed', success: false, code: 'missing' });
    assert.equal((await client.command('Make', {})).outcome.code, 'missing');
  });

  await world.claim('and a command that waits for nothing opens no stream', () => assert.equal(gateway.requests.length, 2));
});

test('refusals and lost answers', async (world) => {
  const { gateway, client } = await setting(world);

  await world.claim('a problem becomes a TidingsError with its members', async () => {
    const errors = [{ pointer: '/name', message: 'is required' }];
    gateway.onCommand = ({ response }) => problem(response, 422, { code: 'schema_violation', title: 'Invalid', detail: 'name is missing', errors });
    const error = await thrown(client.command('Make', {}));
    assert.deepEqual([error.code, error.status, error.message, error.errors], ['schema_violation', 422, 'name is missing', errors]);
    assert.equal(gateway.requests.length, 1, 'it is not repeated');
  });

  await world.claim('a lost answer is asked for again with the same key', async () => {
    gateway.requests.length = 0;
    gateway.onCommand = ({ response }) =>
      gateway.requests.length < 3 ? response.destroy() : json(response, 200, { command_id: 'cmd-c', status: 'completed' });
    assert.equal((await client.command('Make', {})).outcome.command_id, 'cmd-c');
    assert.equal(gateway.requests.length, 3);
    assert.equal(new Set(gateway.requests.map(({ headers }) => headers['idempotency-key'])).size, 1);
  });

  await world.claim('503 is repeated unless nobody handles the command', async () => {
    gateway.requests.length = 0;
    gateway.onCommand = ({ response }) => problem(response, 503, { code: gateway.requests.length > 1 ? 'no_handler' : 'unavailable' });
    assert.equal((await thrown(client.command('Make', {}))).code, 'no_handler');
    assert.equal(gateway.requests.length, 2);
  });

  await world.claim('without a key nothing is repeated', async () => {
    gateway.requests.length = 0;
    gateway.onCommand = ({ response }) => response.destroy();
    assert.equal((await thrown(client.command('Make', {}, { idempotencyKey: false }))).code, 'network');
    assert.equal(gateway.requests.length, 1);
    assert.equal(gateway.requests[0].headers['idempotency-key'], undefined);
  });

  await world.claim('a signal ends the repeating', async () => {
    const stop = new AbortController();
    const sent = client.command('Make', {}, { retries: Infinity, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await assert.rejects(timely('the command is given up', sent), /enough/);
  });
});

test('a pending command settles', async (world) => {
  const { gateway, client } = await setting(world);

  await world.claim('by event', async () => {
    const { outcome, pending, settled } = await client.command('Make', {});
    assert.equal(outcome, undefined);
    assert.equal(pending.status, 'pending');
    await gateway.listeners(1);
    const done = gateway.complete(pending.command_id);
    assert.deepEqual(await timely('settled', settled), done);
    assert.deepEqual(await client.settled(pending.command_id), done, 'and again for whoever asks later');
  });

  await world.claim('when the event is there before the response', async () => {
    gateway.onCommand = ({ response }) => {
      const pending = gateway.pending('cmd-early');
      gateway.complete('cmd-early');
      setTimeout(() => json(response, 202, pending), 50);
    };
    const { settled } = await client.command('Make', {});
    assert.equal((await timely('settled', settled)).status, 'completed');
    gateway.onCommand = () => false;
  });

  await world.claim('when the event came while the stream was cut: it resumes where it was', async () => {
    const { pending, settled } = await client.command('Make', {});
    const opened = () => gateway.requests.filter((request) => request.path === '/events');
    const before = opened().length;
    gateway.cut();
    gateway.complete(pending.command_id, 'failed');
    assert.equal((await timely('settled', settled)).status, 'failed');
    assert.equal(opened().length, before + 1);
    assert.equal(opened().at(-1).headers['last-event-id'], '2');
    assert.ok(!gateway.requests.some(({ method, path: target }) => method === 'GET' && target === `/commands/${pending.command_id}`), 'nobody had to ask');
  });

  await world.claim('also when the stream was cut before its first event: it began with a position', async () => {
    const late = world.adopt(new Tidings({ base: gateway.origin }).connect());
    await gateway.listeners(2);
    const { pending, settled } = await late.command('Make', {});
    gateway.cut();
    gateway.complete(pending.command_id);
    assert.equal((await timely('settled', settled)).status, 'completed');
    assert.ok(!gateway.requests.some(({ method, path: target }) => method === 'GET' && target === `/commands/${pending.command_id}`));
    late.close();
    await gateway.listeners(1);
  });

  await world.claim('after a gap, by asking; and the gap is told', async () => {
    const gaps = [];
    client.addEventListener('gap', ({ detail }) => gaps.push(detail));
    const { pending, settled } = await client.command('Make', {});
    await gateway.listeners(1);
    gateway.outcomes.set(pending.command_id, { command_id: pending.command_id, status: 'completed', success: true });
    gateway.event('gap', { reason: 'expired', refetch: [] });
    assert.equal((await timely('settled', settled)).status, 'completed');
    assert.deepEqual(gaps, [{ reason: 'expired', refetch: [] }]);
  });

  await world.claim('its waiting can be given up, and closing ends the rest', async () => {
    const stop = new AbortController();
    const first = await client.command('Make', {}, { signal: stop.signal });
    const second = await client.command('Make', {});
    stop.abort(new Error('enough'));
    await assert.rejects(first.settled, /enough/);
    client.close();
    assert.equal((await thrown(second.settled)).code, 'closed');
    await gateway.listeners(0);
  });
});

test('where no event stream gets through, outcomes are asked for', async (world) => {
  const { gateway, client } = await setting(world);
  gateway.onEvents = ({ response }) => problem(response, 404, { code: 'not_found' });
  const { pending, settled } = await client.command('Make', {});
  setTimeout(() => gateway.complete(pending.command_id), 100);
  assert.equal((await timely('settled', settled)).status, 'completed');

  await world.claim('an id that stays unknown is refused in the end', async () => {
    const error = await thrown(timely('refused', client.settled('cmd-unknown'), 15_000));
    assert.deepEqual([error.code, error.status], ['not_found', 404]);
  });
});

test('queries, once and live', async (world) => {
  const { gateway, client } = await setting(world);

  await world.claim('by type or by path, with parameters and the command to be visible', async () => {
    const { payload } = await client.query('List', { limit: 2, q: 'a b', cursor: undefined }, { after: 'cmd-1', wait: 3 });
    assert.equal(payload.asked, '/queries/List?limit=2&q=a+b');
    assert.equal(gateway.requests[0].headers['after-command'], 'cmd-1');
    assert.equal(gateway.requests[0].headers.prefer, 'wait=3');
    assert.equal((await client.query('/things/1')).payload.asked, '/things/1');
  });

  await world.claim('each result, also after the stream was cut, until it is stopped', async () => {
    const results = [];
    const stop = client.live('List', { limit: 2 }, ({ payload }) => results.push(payload));
    for (const n of [1, 2]) {
      await gateway.listeners(1, '/queries/List?limit=2');
      gateway.event('result', { payload: n }, '/queries/List?limit=2');
      await eventually(`result ${n}`, () => results.includes(n));
      gateway.cut();
    }
    await gateway.listeners(1, '/queries/List?limit=2');
    stop();
    await gateway.listeners(0, '/queries/List?limit=2');
  });

  await world.claim('what cannot be helped is told', async () => {
    gateway.onEvents = ({ response }) => problem(response, 404, { code: 'not_found', detail: 'gone' });
    const error = await new Promise((resolve) => client.live('/things/2', {}, () => assert.fail('no result'), resolve));
    assert.deepEqual([error.code, error.status, error.message], ['not_found', 404, 'gone']);
  });
});

test('tabs share one stream', async (world) => {
  Object.defineProperty(globalThis, 'navigator', { value: { locks: new FakeLocks() }, configurable: true });
  const gateway = world.adopt(await FakeGateway.start());
  const tab = () => {
    const client = world.adopt(new Tidings({ base: gateway.origin }).connect());
    const heard = [];
    client.addEventListener('outcome', ({ detail }) => heard.push(detail.command_id));
    return { client, heard };
  };
  const [first, second] = [tab(), tab()];
  await gateway.listeners(1);

  await world.claim('both hear, over one connection', async () => {
    const { pending, settled } = await second.client.command('Make', {});
    gateway.complete(pending.command_id);
    assert.equal((await timely('settled', settled)).status, 'completed');
    await eventually('the first hears too', () => first.heard.includes(pending.command_id));
    assert.equal(gateway.streams.size, 1);
  });

  await world.claim('the leader goes, the next one resumes where it was', async () => {
    const { pending, settled } = await second.client.command('Make', {});
    first.client.close();
    gateway.complete(pending.command_id);
    assert.equal((await timely('settled', settled)).status, 'completed');
    const last = gateway.requests.filter((request) => request.path === '/events').at(-1);
    assert.equal(last.headers['last-event-id'], '1');
    await gateway.listeners(1);
  });

  await world.claim('a live query too: a late tab gets the newest result from the leader', async () => {
    const [early, late] = [[], []];
    second.client.live('List', {}, ({ payload }) => early.push(payload));
    await gateway.listeners(1, '/queries/List');
    gateway.event('result', { payload: 'newest' }, '/queries/List');
    await eventually('the leader has it', () => early.length === 1);
    tab().client.live('List', {}, ({ payload }) => late.push(payload));
    await eventually('the late tab has it', () => late.length === 1);
    assert.deepEqual([early, late], [['newest'], ['newest']]);
    await gateway.listeners(1, '/queries/List');
  });
});

test('a leader that is frozen loses the lock', async (world) => {
  // Forty seconds of silence pass in a tenth of one.
  const { setTimeout: real } = globalThis;
  globalThis.setTimeout = (callback, ms, ...rest) => real(callback, ms === 40_000 ? 100 : ms, ...rest);
  world.adopt({ close: () => (globalThis.setTimeout = real) });
  const locks = new FakeLocks();
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
  const gateway = world.adopt(await FakeGateway.start());
  let stolen;
  const frozen = locks.request(`tidings ${gateway.origin} undefined /events`, {}, () => new Promise(() => {}));
  frozen.catch((error) => (stolen = error));
  const client = world.adopt(new Tidings({ base: gateway.origin }).connect());
  await gateway.listeners(1);
  assert.match(stolen.message, /stolen/);
  const { pending, settled } = await client.command('Make', {});
  gateway.complete(pending.command_id);
  assert.equal((await timely('settled', settled)).status, 'completed');
});
