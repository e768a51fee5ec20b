// SPDX-License-Identifier: MIT
import { nodePeersMissing, nodeProgram } from '../lib/node_program.mjs';

export const moleculer = {
  name: 'moleculer',
  title: 'Moleculer over NATS',
  missing: nodePeersMissing,
  async start(scratch, nats) {
    const service = await nodeProgram(scratch, 'moleculer/service.mjs', [nats.url], /^(started)$/m);
    const gateway = await nodeProgram(scratch, 'moleculer/gateway.mjs', [nats.url], /^listens on (http:\S+)$/m);
    return { origin: gateway.origin, pids: [gateway.child.pid, service.child.pid] };
  },
};
