// SPDX-License-Identifier: MIT
// An outcome reaches those who may see it, all of them, and nobody else.
import assert from 'node:assert/strict';
import { checkCompleted, checkProblem, town } from './lib/contract.mjs';
import { newSession, Stream } from './lib/streams.mjs';
import { eventually } from './lib/wait.mjs';
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
  const owners = 50;
  const clients = 20;
  const { client, origin } = await world.tidings();
  const all = [];
  for (let i = 0; i < owners; i += 1) {
    const who = await newSession(client);
    who.sent = [];
    who.streams = await Promise.all(Array.from({ length: clients }, () => Stream.open(origin, '/events', { session: who.session })));
    for (const stream of who.streams) world.adopt(stream);
    all.push(who);
  }
  for (const who of all) for (const stream of who.streams) await eventually('a place', () => stream.position);
  const starts = all.map((who) => who.streams[0].position);

  const random = (below) => Math.floor(Math.random() * below);
  const commands = Array.from({ length: 800 }, () => all[random(owners + 1)]); // one more: nobody's
  for (let i = 0; i < commands.length; i += 40)
    await Promise.all(commands.slice(i, i + 40).map(async (who) => {
      const [type, payload] = [
        ['CreateLocation', town(`t${random(1000)}`)],
        ['RenameLocation', { id: `t${random(20)}`, name: 'renamed' }],
        ['RemoveLocation', { id: `t${random(20)}` }],
        ['ReplaceLocation', town('put', { id: `t${random(20)}` })],
      ][random(4)];
      const answer = await client.command(type, payload, { wait: 20, headers: who?.headers ?? {} });
      assert.ok([200, 409].includes(answer.status), answer.text);
      who?.sent.push(answer.text);
    }));

  await world.claim('live', async () => {
    for (const who of all) {
      const permitted = [...who.sent].sort();
      for (const stream of who.streams) {
        await stream.take(permitted.length);
        assert.deepEqual(stream.events.map(({ data }) => data).sort(), permitted);
        assert.deepEqual(stream.errors, []);
      }
    }
  });

  await world.claim('on replay, from where they began and from a random place', async () => {
    await Promise.all(all.map(async (who, i) => {
      const live = who.streams[0].events;
      const at = random(live.length);
      for (const [lastEventId, missed] of [[starts[i], live], live.length > 0 ? [live[at].id, live.slice(at + 1)] : [starts[i], []]]) {
        const stream = await Stream.open(origin, '/events', { session: who.session, lastEventId });
        const marker = await client.command('RenameLocation', { id: 'nobody', name: 'marker' }, { wait: 20, headers: who.headers });
        await stream.find('the marker', ({ data }) => data === marker.text);
        const got = stream.events.map(({ data }) => data);
        assert.deepEqual(got.slice(0, missed.length), missed.map(({ data }) => data));
        for (const data of got) assert.equal(JSON.parse(data).command_id.length, 40);
        stream.close();
      }
    }));
  });

  await world.claim('after all that, still nothing foreign on any live stream', async () => {
    const everything = new Map(all.map((who) => [who, new Set(who.streams[0].events.map(({ data }) => data))]));
    const markers = 2;
    for (const who of all)
      for (const stream of who.streams) {
        await stream.take(who.sent.length + markers);
        assert.equal(stream.events.length, who.sent.length + markers);
        for (const { data } of stream.events) assert.ok(everything.get(who).has(data));
      }
  });
});
