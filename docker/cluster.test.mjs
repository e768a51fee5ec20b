// SPDX-License-Identifier: MIT
// compose.cluster.yaml in containers: any one part may be away, also a NATS server.
import { test } from '../tests/integration/lib/world.mjs';
import { survive } from './lib/survive.mjs';
import { Stack } from './lib/stack.mjs';

const servers = ['nats-1', 'nats-2', 'nats-3'];

test('the demo on a cluster', async (world) => {
  const stack = world.adopt(await Stack.create('compose.cluster.yaml', 'tidings-test-cluster'));
  await stack.up();
  for (const service of [...servers, 'gateway-1', 'gateway-2', 'reactor-1', 'reactor-2', 'nginx']) await stack.healthy(service);
  // Each server in turn, so that whichever leads the streams is among them; likewise the reactors and the lease.
  await survive(world, stack, { apart: ['gateway-1', 'reactor-1', 'reactor-2', ...servers] });
});
