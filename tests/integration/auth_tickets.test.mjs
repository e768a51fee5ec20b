// SPDX-License-Identifier: MIT
// Tickets: what opens an event stream without a header.
import assert from 'node:assert/strict';
import { checkProblem, town } from './lib/contract.mjs';
import { bearer, Issuer, seconds } from './lib/issuer.mjs';
import { Stream } from './lib/streams.mjs';
import { eventually, pause } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('a ticket opens one stream, once', async (world) => {
  const issued = await Issuer.make(world);
  const { client, origin } = await world.tidings({ args: issued.args });
  const headers = bearer(await issued.token('anna'));
  const ticket = async () => {
    const answer = await client.request('POST', '/events/ticket', { headers });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.json.expires_in, 30);
    assert.match(answer.json.ticket, /^[0-9a-f]{32}$/);
    return answer.json.ticket;
  };

  await world.claim('of its caller and nobody else', async () => {
    const stream = await Stream.open(origin, `/events?ticket=${await ticket()}`);
    world.adopt(stream);
    assert.equal(stream.status, 200);
    const done = await client.command('CreateLocation', town('Oslo'), { wait: 5, headers });
    await client.command('CreateLocation', town('Rome'), { wait: 5, headers: bearer(await issued.token('berta')) });
    assert.equal((await stream.take(1))[0].data, done.text);
    const one = await Stream.open(origin, `/commands/${done.json.command_id}/events?ticket=${await ticket()}`);
    await one.end();
    assert.equal(one.events[0].data, done.text);
  });
  await world.claim('a second time, or made up: 401', async () => {
    const used = await ticket();
    (await Stream.open(origin, `/events?ticket=${used}`)).close();
    for (const wrong of [used, '', 'x', '0'.repeat(32), `${used}%00`]) {
      const stream = await Stream.open(origin, `/events?ticket=${wrong}`);
      assert.equal(stream.status, 401, wrong);
    }
  });
  await world.claim('its owner is who asked for it, whoever comes with it', async () => {
    const berta = bearer(await issued.token('berta'));
    const stream = world.adopt(await Stream.open(origin, `/events?ticket=${await ticket()}`, { headers: berta }));
    await eventually('a place', () => stream.position);
    const own = await client.command('CreateLocation', town('Anna'), { wait: 5, headers });
    await client.command('CreateLocation', town('Berta'), { wait: 5, headers: berta });
    assert.equal((await stream.take(1))[0].data, own.text);
    const foreign = await client.command('CreateLocation', town('Berta'), { wait: 5, headers: berta });
    const none = await Stream.open(origin, `/commands/${foreign.json.command_id}/events?ticket=${await ticket()}`);
    assert.equal(none.status, 404);
    assert.deepEqual(stream.events.map(({ data }) => data), [own.text]);
  });
  await world.claim('its stream ends with the token that asked for it', async () => {
    const short = bearer(await issued.token('anna', { claims: { exp: seconds() - 27 } })); // 30 s of leeway
    const answer = await client.request('POST', '/events/ticket', { headers: short });
    const stream = await Stream.open(origin, `/events?ticket=${answer.json.ticket}`);
    assert.equal(stream.status, 200);
    await stream.end({ deadline: 6_000 });
  });
  await world.claim('after half a minute it counts no more', async () => {
    const old = await ticket();
    await pause(30_500);
    assert.equal((await Stream.open(origin, `/events?ticket=${old}`)).status, 401);
  });
  await world.claim('nowhere but on event streams', async () => {
    for (const path of ['/locations', '/model', '/commands/cmd-1']) checkProblem(await client.get(`${path}?ticket=${await ticket()}`), 401);
    checkProblem(await client.request('POST', `/events/ticket?ticket=${await ticket()}`), 401);
  });
  await world.claim('so many at a time', async () => {
    const many = bearer(await issued.token('carla'));
    for (let i = 0; i < 32; i += 1) assert.equal((await client.request('POST', '/events/ticket', { headers: many })).status, 201);
    const refused = await client.request('POST', '/events/ticket', { headers: many });
    checkProblem(refused, 429, 'too_many_requests');
    assert.ok(refused.headers['retry-after']);
  });
});
