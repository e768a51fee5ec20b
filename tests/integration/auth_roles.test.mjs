// SPDX-License-Identifier: MIT
// What callers may do: roles of models.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { checkCompleted, checkProblem, town } from './lib/contract.mjs';
import { bearer, Issuer } from './lib/issuer.mjs';
import { Stream, streamed } from './lib/streams.mjs';
import { example } from './lib/tidings.mjs';
import { test } from './lib/world.mjs';

test('a type that names roles is for those who have one', async (world) => {
  const model = JSON.parse(fs.readFileSync(example('locations'), 'utf8'));
  model.commands.CreateLocation.allow = ['role:editor', 'role:admin'];
  model.queries.ListLocations.allow = ['role:reader'];
  const file = world.file('model.json', JSON.stringify(model));
  const issued = await Issuer.make(world);
  const nats = await world.natsServer();
  const { client, origin } = await world.tidings({ nats: nats.url, models: [file], args: issued.args });
  const as = async (roles, more = {}) => bearer(await issued.token('anna', { claims: { roles, ...more } }));
  const create = async (roles) => client.command('CreateLocation', town('Oslo'), { wait: 5, headers: await as(roles) });

  await world.claim('with a role: by every way', async () => {
    for (const roles of [['editor'], ['other', 'admin'], 'reader editor']) checkCompleted(await create(roles));
    checkCompleted(await client.request('POST', '/locations', { body: town('Oslo'), headers: { ...(await as(['editor'])), prefer: 'wait=5' } }));
    assert.equal((await client.get('/locations', { headers: await as(['reader']) })).status, 200);
  });
  await world.claim('without: 403, and nothing in the stream', async () => {
    const spy = await world.spy(nats.url);
    const before = await streamed(spy);
    for (const roles of [undefined, [], ['Editor'], ['role:editor'], 'editors', ['reader'], ['editor ']]) {
      checkProblem(await create(roles), 403, 'forbidden');
      checkProblem(await client.request('POST', '/locations', { body: town('Oslo'), headers: await as(roles) }), 403, 'forbidden');
    }
    for (const [method, path] of [['GET', '/locations'], ['GET', '/queries/ListLocations'], ['POST', '/queries/ListLocations']])
      checkProblem(await client.request(method, path, { headers: await as(['editor']), body: method === 'POST' ? {} : undefined }), 403, 'forbidden');
    const live = await Stream.open(origin, '/locations', { headers: await as(['editor']) });
    assert.equal(live.status, 403);
    assert.equal(await streamed(spy), before);
  });
  await world.claim('types without roles are for every caller', async () => {
    checkProblem(await client.get('/locations/none', { headers: await as([]) }), 404);
  });
  await world.claim('roles are where the option says', async () => {
    const { client: other } = await world.tidings({ nats: nats.url, models: [file], args: [...issued.args, '--jwt-roles-claim', '/realm_access/roles'] });
    const headers = await as([], { realm_access: { roles: ['reader'] } });
    assert.equal((await other.get('/locations', { headers })).status, 200);
    checkProblem(await other.get('/locations', { headers: await as(['reader']) }), 403, 'forbidden');
  });
});
