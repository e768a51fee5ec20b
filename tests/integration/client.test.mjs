// SPDX-License-Identifier: MIT
// `tidings send` and `tidings query`, as a script would use them.
import assert from 'node:assert/strict';
import { test } from './lib/world.mjs';

const town = (id) => JSON.stringify({ id, name: `Town ${id}`, category: 'Town', description: 'By the sea' });

test('send and query print the answer and say by their exit code how it went', async (world) => {
  const nats = await world.natsServer();
  await world.tidings({ nats: nats.url });
  const run = async (...args) => {
    const { child } = world.launch([...args, '--nats', `nats://127.0.0.1:1,${nats.url}`]); // the first is nobody
    const end = await child.exited(20_000);
    // Whatever the code, the world need not stop it again.
    return { code: end.code, out: child.stdout, err: child.stderr };
  };
  await world.claim('completed: 0', async () => {
    const done = await run('send', 'CreateLocation', town('one'));
    assert.equal(done.code, 0, done.err);
    assert.equal(JSON.parse(done.out).status, 'completed');
  });
  await world.claim('the query: 0', async () => {
    const done = await run('query', 'GetLocation', '{"id":"one"}');
    assert.equal(done.code, 0, done.err);
    assert.equal(JSON.parse(done.out).payload.name, 'Town one');
  });
  await world.claim('failed: 1', async () => {
    const done = await run('send', 'CreateLocation', town('one'));
    assert.equal(done.code, 1);
    assert.equal(JSON.parse(done.out).code, 'already_exists');
  });
  await world.claim('a retry with the same id is the same command', async () => {
    const first = await run('send', 'CreateLocation', town('two'), '--id', 'cmd-mine');
    const again = await run('send', 'CreateLocation', town('two'), '--id', 'cmd-mine');
    assert.equal(again.code, 0);
    assert.equal(again.out, first.out);
  });
  await world.claim('nobody there: 1, and says so', async () => {
    const done = await run('send', 'Unheard', '{}');
    assert.equal(done.code, 1);
    assert.match(done.err, /No handler available for commands\.Unheard/);
  });
  await world.claim('silence: 3', async () => {
    const silent = await world.spy(nats.url);
    silent.subscribe('commands.Silent', { callback: () => {} });
    await silent.flush();
    const done = await run('send', 'Silent', '{}', '--timeout', '300');
    assert.equal(done.code, 3);
    assert.match(done.err, /Command request timeout after 300ms/);
  });
  await world.claim('pending: 3, with the progress on standard error', async () => {
    const slow = await world.spy(nats.url);
    slow.subscribe('commands.Slow', { callback: (error, msg) => {
      const { command_id } = JSON.parse(new TextDecoder().decode(msg.data));
      const body = { success: null, command_id, timestamp: new Date().toISOString(), payload: null, error: null, stage: 'accepted' };
      msg.respond(new TextEncoder().encode(JSON.stringify(body)));
    } });
    await slow.flush();
    const done = await run('send', 'Slow', '{}', '--timeout', '500');
    assert.equal(done.code, 3);
    assert.match(done.err, /is pending, accepted/);
    assert.equal(JSON.parse(done.out).success, null);
  });
  await world.claim('wrong usage: 2', async () => {
    assert.equal((await run('send', 'CreateLocation', '{')).code, 2);
    assert.equal((await run('send', 'not.a.token', '{}')).code, 2);
    assert.equal((await run('query')).code, 2);
  });
});
