// SPDX-License-Identifier: MIT
import { serveArguments, Tidings } from '../../tests/integration/lib/tidings.mjs';

export const tidings = {
  name: 'tidings',
  title: 'Tidings',
  async start(scratch, nats) {
    const process = scratch.keep(Tidings.launch(serveArguments({ nats: nats.url })));
    await process.listening();
    await process.client.waitReady({ deadline: 180_000 });
    return { origin: process.origin, pids: [process.child.pid], process };
  },
  list: { newest: '/queries/ListLocations?limit=100', name: '/queries/ListLocations?limit=100&sort=name' },
};
