// SPDX-License-Identifier: MIT
// compose.yaml in containers: the way through nginx to the browser, and each part killed under load.
import assert from 'node:assert/strict';
import { Browser } from '../tests/integration/lib/browser.mjs';
import { newSession, Stream } from '../tests/integration/lib/streams.mjs';
import { Client } from '../tests/integration/lib/http.mjs';
import { checkProblem, town } from '../tests/integration/lib/contract.mjs';
import { test } from '../tests/integration/lib/world.mjs';
import { survive } from './lib/survive.mjs';
import { Stack } from './lib/stack.mjs';

const services = ['nats', 'gateway-1', 'gateway-2', 'reactor-1', 'reactor-2', 'nginx'];

test('the demo', async (world) => {
  const stack = world.adopt(await Stack.create('compose.yaml', 'tidings-test-demo'));
  await stack.up();
  for (const service of services) await stack.healthy(service);

  await world.claim('an event passes nginx at once, on a stream that stays open', async () => {
    const client = world.adopt(new Client(stack.origin));
    const { session, headers } = await newSession(client);
    const stream = world.adopt(await Stream.open(stack.origin, '/events', { session }));
    assert.equal(stream.headers['x-accel-buffering'], undefined, 'nginx keeps what is for it');
    const answer = await client.command('CreateLocation', town('Told'), { headers: { ...headers, 'tidings-delay-ms': '300' } });
    assert.equal(answer.status, 202, answer.text);
    const event = await stream.find('the event', ({ event, data }) => event === 'completed' && data.includes(answer.json.command_id), { deadline: 3_000 });
    assert.match(event.id, /./);
    assert.equal(stream.ended, false);
  });

  await world.claim('the page sends a command and is told by event', async () => {
    const browser = world.adopt(await Browser.start());
    const tab = await (await browser.person()).tab(stack.origin);
    await tab.waiting('by event');
    await tab.create('Lisbon');
    await tab.reached('Lisbon', 'completed');
    await tab.listed('Lisbon').waitFor();
  });

  await world.claim('without any gateway nginx says that the outcome is unknown, as a gateway would', async () => {
    const client = world.adopt(new Client(stack.origin));
    const gateways = ['gateway-1', 'gateway-2'];
    for (const gateway of gateways) await stack.kill(gateway);
    checkProblem(await client.command('CreateLocation', town('Nobody'), {}), 503, 'outcome_unknown');
    for (const gateway of gateways) await stack.start(gateway);
    for (const service of [...gateways, 'nginx']) await stack.healthy(service);
  });

  await survive(world, stack, { apart: ['gateway-1', 'reactor-1', 'reactor-2'], together: ['nats'] });
});
