// SPDX-License-Identifier: MIT
// Two gateways on one NATS, and how tools find them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createInbox, StringCodec } from 'nats';
import { test } from './lib/world.mjs';
import { eventually } from './lib/wait.mjs';

const text = StringCodec();

async function gather(connection, subject, ms = 400) {
  const inbox = createInbox();
  const found = [];
  const subscription = connection.subscribe(inbox, { callback: (error, msg) => found.push(JSON.parse(text.decode(msg.data))) });
  connection.publish(subject, undefined, { reply: inbox });
  await new Promise((resolve) => setTimeout(resolve, ms));
  subscription.unsubscribe();
  return found;
}

test('two gateways share the requests, and one that is killed loses none it accepted', async (world) => {
  const nats = await world.natsServer();
  const first = await world.tidings({ nats: nats.url });
  const second = await world.tidings({ nats: nats.url });
  const connection = await world.spy(nats.url);
  const send = async (id, wait = 10_000) => {
    const envelope = {
      command_type: 'CreateLocation', command_id: `cmd-${randomUUID()}`, service_id: 'test', timestamp: new Date().toISOString(),
      payload: { id, name: `Town ${id}`, category: 'Town', description: 'By the sea' },
    };
    return JSON.parse(text.decode((await connection.request('commands.CreateLocation', text.encode(JSON.stringify(envelope)), { timeout: wait })).data));
  };
  const outcomes = await Promise.all(Array.from({ length: 100 }, (_, i) => send(`a${i}`)));
  await world.claim('every request is answered once', () => assert.ok(outcomes.every((x) => x.status === 'completed')));
  await world.claim('both took a part, and their statistics say so', async () => {
    const stats = await gather(connection, '$SRV.STATS.locations');
    assert.equal(stats.length, 2);
    const counts = stats.map((x) => x.endpoints.find((y) => y.name === 'CreateLocation').num_requests);
    assert.equal(counts[0] + counts[1], 100);
    assert.ok(Math.min(...counts) > 10, `shares ${counts}`);
  });
  await world.claim('discovery describes both, also by name and id', async () => {
    const infos = await gather(connection, '$SRV.INFO');
    assert.equal(infos.length, 2);
    assert.equal(infos[0].type, 'io.nats.micro.v1.info_response');
    const endpoint = infos[0].endpoints.find((x) => x.name === 'CreateLocation');
    assert.equal(endpoint.subject, 'commands.CreateLocation');
    assert.equal(endpoint.queue_group, 'locations');
    assert.equal(JSON.parse(endpoint.metadata.schema).type, 'object');
    assert.equal((await gather(connection, `$SRV.PING.locations.${infos[0].id}`)).length, 1);
  });
  await world.claim('after a crash of the one that consumes, the other completes what was accepted', async () => {
    const accepted = [];
    for (let i = 0; i < 20; i += 1) accepted.push((await first.client.command('CreateLocation', { id: `b${i}`, name: `B ${i}`, category: 'Town', description: 'x' })).json.command_id);
    await first.kill(); // it started first, so it holds the lease
    for (const id of accepted) assert.equal((await second.client.outcome(id, { deadline: 15_000 })).json.status, 'completed');
    await eventually('new commands complete', async () => (await send(`c${Date.now()}`)).status === 'completed');
  });
});
