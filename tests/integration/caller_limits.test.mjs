// SPDX-License-Identifier: MIT
// What one caller may hold at a time: waits, event streams, live queries. The next is refused; what ends makes room.
import assert from 'node:assert/strict';
import http from 'node:http';
import { checkCompleted, checkPending, checkProblem, town } from './lib/contract.mjs';
import { bearer, Issuer } from './lib/issuer.mjs';
import { Stream } from './lib/streams.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('so much of one owner, and the next is told', async (world) => {
  const issued = await Issuer.make(world);
  const { client, origin } = await world.tidings({
    args: [...issued.args, '--demo', '--max-waits-per-owner', '3', '--max-streams-per-owner', '2', '--max-live-queries-per-owner', '1'],
  });
  const as = async (who) => bearer(await issued.token(who));
  const slow = { 'tidings-delay-ms': '1500' };
  const anna = await as('anna');
  const open = async (path, headers) => world.adopt(await Stream.open(origin, path, { headers }));
  const refused = async (path, headers) => {
    const stream = await Stream.open(origin, path, { headers });
    assert.equal(stream.status, 429);
    assert.match(stream.headers['retry-after'], /^\d+$/);
    assert.equal(JSON.parse(stream.text).code, 'too_many_requests');
  };

  // Trying instead would take the place of one that is still on its way.
  const waiting = async () => Number(/^tidings_command_waiters (\d+)/m.exec((await client.get('/metrics', { headers: anna })).text)[1]);

  await world.claim('commands that are waited for', async () => {
    const waits = Array.from({ length: 3 }, (_, i) => client.command('CreateLocation', town(`w${i}`), { wait: 10, headers: { ...anna, ...slow } }));
    await eventually('all places are taken', async () => (await waiting()) === 3);
    const fourth = await client.command('CreateLocation', town('x'), { wait: 10, headers: anna });
    checkProblem(fourth, 429, 'too_many_requests');
    assert.match(fourth.json.detail, /--max-waits-per-owner/);
    const pending = checkPending(await client.command('CreateLocation', town('y'), { headers: anna })); // nobody waits
    checkProblem(await client.get(`/commands/${pending.command_id}`, { headers: { ...anna, prefer: 'wait=5' } }), 429);
    assert.equal((await client.get(`/commands/${pending.command_id}`, { headers: anna })).status, 200);
    checkCompleted(await client.command('CreateLocation', town('z'), { wait: 10, headers: await as('berta') }));
    for (const answer of await Promise.all(waits)) checkCompleted(answer);
    checkCompleted(await client.command('CreateLocation', town('again'), { wait: 10, headers: anna }));
  });
  await world.claim('a client that leaves gives its place back', async () => {
    const headers = { ...anna, ...slow, 'content-type': 'application/json', prefer: 'wait=10' };
    const gone = Array.from({ length: 3 }, () => {
      const request = http.request(`${origin}/commands/CreateLocation`, { method: 'POST', headers, agent: false });
      request.on('error', () => {});
      request.end(JSON.stringify(town('gone')));
      return request;
    });
    await eventually('all places are taken', async () => (await waiting()) === 3);
    assert.equal((await client.command('CreateLocation', town('x'), { wait: 10, headers: anna })).status, 429);
    for (const request of gone) request.destroy();
    await eventually('there is room', async () => (await client.command('CreateLocation', town('x'), { wait: 10, headers: anna })).status === 200);
  });
  await world.claim('event streams: of the owner and of a command together', async () => {
    const done = checkCompleted(await client.command('CreateLocation', town('s'), { wait: 10, headers: anna }));
    const pending = checkPending(await client.command('CreateLocation', town('t'), { headers: { ...anna, ...slow } }));
    const [all, one] = [await open('/events', anna), await open(`/commands/${pending.command_id}/events`, anna)];
    assert.deepEqual([all.status, one.status], [200, 200]);
    await refused('/events', anna);
    await refused(`/commands/${done.command_id}/events`, anna);
    assert.equal((await open('/events', await as('berta'))).status, 200);
    await one.end();
    const again = await eventually('an ended one makes room', async () => {
      const stream = await Stream.open(origin, '/events', { headers: anna });
      return stream.status === 200 && stream;
    });
    again.close();
    all.close();
  });
  await world.claim('live queries', async () => {
    const live = await open('/locations', { ...anna, accept: 'text/event-stream' });
    assert.equal(live.status, 200);
    await refused('/locations', { ...anna, accept: 'text/event-stream' });
    assert.equal((await client.get('/locations', { headers: anna })).status, 200);
    live.close();
    await eventually('it makes room', async () => {
      const stream = await Stream.open(origin, '/locations', { headers: { ...anna, accept: 'text/event-stream' } });
      stream.close();
      return stream.status === 200;
    });
  });
  await world.claim('the contract says so', async () => {
    const { json } = await client.get('/openapi.json', { headers: anna });
    for (const [path, method] of [['/events', 'get'], ['/commands/{name}/events', 'get'], ['/commands/{name}', 'get'], ['/commands/{name}', 'post'], ['/locations', 'post'], ['/locations', 'get']])
      assert.ok(json.paths[path][method].responses[429], `${method} ${path}`);
  });
});
