// SPDX-License-Identifier: MIT
// The services protocol (ADR-32) as its own client library speaks it, in both directions.
import assert from 'node:assert/strict';
import { connect } from '@nats-io/transport-node';
import { Svcm } from '@nats-io/services';
import { test } from './lib/world.mjs';

async function all(iterator) {
  const found = [];
  for await (const x of iterator) found.push(x);
  return found;
}

test('the usual tools find Tidings, and Tidings finds services', async (world) => {
  const nats = await world.natsServer();
  const tidings = await world.tidings({ nats: nats.url });
  const connection = await connect({ servers: nats.url });
  world.adopt({ close: () => connection.close() });
  const services = new Svcm(connection);
  const client = services.client({ maxWait: 500 });

  await world.claim('ping, info and stats describe the service', async () => {
    const [ping] = await all(await client.ping('locations'));
    assert.equal(ping.name, 'locations');
    const [info] = await all(await client.info('locations', ping.id));
    const create = info.endpoints.find((x) => x.name === 'CreateLocation');
    assert.deepEqual([create.subject, create.queue_group, create.metadata.kind], ['commands.CreateLocation', 'locations', 'command']);
    assert.ok(JSON.parse(create.metadata.schema).required.includes('name'));
    assert.ok(info.endpoints.some((x) => x.subject === 'queries.ListLocations'));
  });

  await world.claim('the counters are real: requests, errors, the last error, processing time', async () => {
    const payload = { name: 'Ghent', category: 'City', description: 'Three towers' };
    const envelope = (x) => JSON.stringify({ command_type: 'CreateLocation', command_id: `cmd-${Math.random().toString(36).slice(2)}`,
      service_id: 'test', timestamp: new Date().toISOString(), payload: x });
    await connection.request('commands.CreateLocation', envelope(payload), { timeout: 5000 });
    await connection.request('commands.CreateLocation', envelope({ ...payload, category: 'Village' }), { timeout: 5000 });
    const [stats] = await all(await client.stats('locations'));
    const create = stats.endpoints.find((x) => x.name === 'CreateLocation');
    assert.deepEqual([create.num_requests, create.num_errors], [2, 1]);
    assert.match(create.last_error, /schema/);
    assert.ok(create.processing_time > 0);
    assert.equal(create.average_processing_time, Math.floor(create.processing_time / 2));
  });

  await world.claim('its own client library gets outcomes, rejections and answers', async () => {
    const id = 'bruges';
    const payload = { id, name: 'Bruges', category: 'City', description: 'A belfry' };
    const ask = async (subject, envelope) => (await connection.request(subject, JSON.stringify({ service_id: 'test', timestamp: new Date().toISOString(), ...envelope }), { timeout: 5000 })).json();
    const create = (command_id) => ask('commands.CreateLocation', { command_type: 'CreateLocation', command_id, payload });
    assert.equal((await create('cmd-bruges-1')).status, 'completed');
    assert.equal((await create('cmd-bruges-2')).code, 'already_exists');
    const found = await ask('queries.GetLocation', { query_type: 'GetLocation', query_id: 'qry-bruges', payload: { id } });
    assert.equal(found.payload.name, 'Bruges');
  });

  await world.claim('GET /services lists a service that somebody else runs', async () => {
    const service = await services.add({ name: 'elsewhere', version: '1.2.3', description: 'not ours' });
    service.addEndpoint('echo', { subject: 'echo', handler: (error, msg) => msg.respond(msg.data) });
    await connection.flush();
    const { status, json } = await tidings.client.get('/services');
    assert.equal(status, 200);
    assert.deepEqual(json.services.map((x) => x.name).sort(), ['elsewhere', 'locations']);
    assert.equal(json.services.find((x) => x.name === 'elsewhere').endpoints[0].subject, 'echo');
    await service.stop();
  });
});
