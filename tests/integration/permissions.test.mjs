// SPDX-License-Identifier: MIT
// The NATS users of docs/deployment.md: Tidings needs no more than they may.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { connect } from 'nats';
import { checkCompleted, checkQuery, town } from './lib/contract.mjs';
import { orders, serveOrders } from './lib/orders.mjs';
import { newSession, Stream } from './lib/streams.mjs';
import { example, repository } from './lib/tidings.mjs';
import { test } from './lib/world.mjs';

const guide = fs.readFileSync(path.join(repository, 'docs/deployment.md'), 'utf8');
const users = guide.match(/```conf\n([^]*?)```/)[1];

test('gateway, reactor and handlers work as the users that the guide tells of', async (world) => {
  const nats = await world.natsServer({ args: ['--config', world.file('nats.conf', users)] });
  const as = (user) => ({ env: { TIDINGS_NATS: nats.url.replace('//', `//${user}:change-me@`) } });
  const models = [example('locations'), world.file('orders.json', orders)];
  const rules = await connect({ servers: nats.url, user: 'rules', pass: 'change-me' });
  world.adopt({ close: () => rules.close() });
  const errors = [];
  (async () => {
    for await (const status of rules.status()) if (status.type === 'error') errors.push(status.data);
  })();
  const reactor = await world.tidings({ ...as('reactor'), models, args: ['--roles', 'reactor'] });
  const { client, origin } = await world.tidings({ ...as('gateway'), models, args: ['--roles', 'gateway'] });
  // `queries.Elsewhere`, which this helper answers as well, is not among the subjects of the guide's handlers.
  await serveOrders({ subscribe: (subject, options) => (subject.startsWith('queries.') ? undefined : rules.subscribe(subject, options)), flush: () => rules.flush() });

  await world.claim('commands complete, by effect and by handler', async () => {
    checkCompleted(await client.command('CreateLocation', town('Ghent', { id: 'ghent' }), { wait: 10 }), 'CreateLocation');
    checkCompleted(await client.command('Decide', { id: 'o1' }, { wait: 10 }), 'Decide');
    checkCompleted(await client.command('RemoveLocation', { id: 'ghent' }, { wait: 10 }), 'RemoveLocation');
  });
  await world.claim('queries answer', async () => {
    assert.equal(checkQuery(await client.get('/orders/o1')).id, 'o1');
  });
  await world.claim('events are resumed, and outcomes asked for', async () => {
    const own = await newSession(client);
    const first = checkCompleted(await client.command('Decide', { id: 'o2' }, { wait: 10, headers: own.headers }));
    const missed = await Stream.open(origin, '/events', { session: own.session, lastEventId: '1' });
    await missed.find('the event', (x) => x.event === 'completed');
    missed.close();
    assert.equal((await client.get(`/commands/${first.command_id}`, { headers: own.headers })).status, 200);
    assert.equal((await client.get('/commands/cmd-unknown')).status, 404);
  });
  await world.claim('a key makes a repeated command the same', async () => {
    const once = checkCompleted(await client.command('Decide', { id: 'o3' }, { wait: 10, key: 'k' }));
    assert.deepEqual(checkCompleted(await client.command('Decide', { id: 'o3' }, { wait: 10, key: 'k' })), once);
  });
  await world.claim('what is given up goes to the dead letters', async () => {
    const given_up = await client.command('Bury', { id: 'o4', bury: true }, { wait: 20 });
    assert.equal(given_up.json.code, 'dead_lettered', given_up.text);
  });
  await world.claim('types of services elsewhere are forwarded, and services are found', async () => {
    assert.equal((await client.command('Elsewhere', { mode: 'completed' }, { wait: 5 })).status, 200);
    const { json } = await client.get('/services');
    assert.deepEqual(json.services.map((x) => x.name).sort(), ['locations', 'orders']);
  });
  await world.claim('another reactor takes over', async () => {
    await reactor.stop();
    await world.tidings({ ...as('reactor'), models, args: ['--roles', 'reactor'] });
    checkCompleted(await client.command('Decide', { id: 'o5' }, { wait: 20 }), 'Decide');
  });
  await world.claim('nobody was refused anything', () => {
    assert.deepEqual(errors, []);
    assert.doesNotMatch(nats.child.stderr, /Violation/);
    // The server says so when somebody is: otherwise the line above would prove nothing.
    assert.match(nats.child.stderr, /Server is ready/);
  });
  await world.claim('and would have been: each user may do its own only', async () => {
    rules.publish('commands.0.CreateLocation.x', '{}');
    await rules.flush();
    assert.match(nats.child.stderr, /Publish Violation/);
  });
});
