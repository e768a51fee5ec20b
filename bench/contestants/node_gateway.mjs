// SPDX-License-Identifier: MIT
import { nodePeersMissing, nodeProgram } from '../lib/node_program.mjs';

export const nodeGateway = {
  name: 'node',
  title: 'Node: Fastify + @nats-io',
  missing: nodePeersMissing,
  async start(scratch, nats) {
    const { child, origin } = await nodeProgram(scratch, 'node-gateway/gateway.mjs', [nats.url], /^listens on (http:\S+)$/m);
    return { origin, pids: [child.pid] };
  },
  list: { newest: '/queries/ListLocations?limit=100', name: '/queries/ListLocations?limit=100&sort=name' },
};
