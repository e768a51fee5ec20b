// SPDX-License-Identifier: MIT
// An outcome reaches those who may see it, all of them, and nobody else.
import assert from 'node:assert/strict';
import { checkCompleted, checkProblem, town } from './lib/contract.mjs';
import { claimNothingLeaks } from './lib/owners.mjs';
import { newSession, Stream } from './lib/streams.mjs';
import { test } from './lib/world.mjs';

test('a session is an owner that nobody can guess', async (world) => {
  const { client, origin } = await world.tidings();

  await world.claim('128 random bits, in a cookie that scripts and other sites do not get', async () => {
    const made = await Promise.all(Array.from({ length: 50 }, () => newSession(client)));
    assert.equal(new Set(made.map(({ session }) => session)).size, 50);
    for (const { session, answer } of made) {
      assert.equal(answer.status, 201);
      assert.match(session, /^[A-Za-z0-9_-]{22,64}$/);
      assert.match(answer.headers['set-cookie'][0], new RegExp(`^tidings_session=${session}; Path=/; HttpOnly; SameSite=Strict$`));
      assert.equal(answer.headers['cache-control'], 'no-store');
    }
  });

  await world.claim('cookie and header are the same owner', async () => {
    const { session, headers } = await newSession(client);
    const done = checkCompleted(await client.command('CreateLocation', town('Mine'), { wait: 5, headers }));
    const answer = await client.get(`/commands/${done.command_id}`, { headers: { cookie: `a=b; tidings_session=${session}; c=d` } });
    assert.deepEqual(checkCompleted(answer), done);
  });

  await world.claim('a session too short to be a secret is refused', async () => {
    for (const session of ['me', 'x'.repeat(21), 'a b'.padEnd(30, 'c'), '*'.repeat(30), 'x'.repeat(65)])
      checkProblem(await client.get('/commands/cmd-1', { headers: { 'tidings-session': session } }), 400);
  });

  await world.claim('a foreign and an unknown id are the same 404, byte for byte', async () => {
    const [mine, theirs] = [await newSession(client), await newSession(client)];
    const { command_id: id } = checkCompleted(await client.command('CreateLocation', town('Secret'), { wait: 5, headers: mine.headers }));
    const unknown = 'cmd-00000000-0000-4000-8000-000000000000';
    const masked = (answer, which) => [answer.status, answer.text.replaceAll(which, 'ID'), Object.keys(answer.headers).sort()];
    for (const headers of [theirs.headers, {}, { ...theirs.headers, prefer: 'wait=1' }]) {
      const foreign = await client.get(`/commands/${id}`, { headers });
      checkProblem(foreign, 404, 'not_found');
      assert.deepEqual(masked(foreign, id), masked(await client.get(`/commands/${unknown}`, { headers }), unknown));
    }
    const streams = [];
    for (const which of [id, unknown]) {
      const stream = await Stream.open(origin, `/commands/${which}/events`, { session: theirs.session });
      await stream.end();
      assert.equal(stream.status, 404);
      streams.push(stream.text.replaceAll(which, 'ID'));
    }
    assert.equal(streams[0], streams[1]);
    checkProblem(await client.get('/locations', { headers: { ...theirs.headers, 'after-command': id } }), 404, 'not_found');
  });

  await world.claim('a command without a session can be asked for by whoever knows its id', async () => {
    const done = checkCompleted(await client.command('CreateLocation', town('Open'), { wait: 5 }));
    const { headers, session } = await newSession(client);
    assert.deepEqual(checkCompleted(await client.get(`/commands/${done.command_id}`, { headers })), done);
    const stream = await Stream.open(origin, `/commands/${done.command_id}/events`, { session });
    await stream.end();
    assert.equal(stream.events.length, 1);
  });
});

test('fifty owners, twenty clients each: received is exactly what is permitted', async (world) => {
  const tidings = await world.tidings();
  const callers = [];
  for (let i = 0; i < 50; i += 1) callers.push(Array(20).fill((await newSession(tidings.client)).headers));
  await claimNothingLeaks(world, tidings, callers, { nobody: true });
});
