// SPDX-License-Identifier: MIT
import { serveArguments, Tidings } from '../../tests/integration/lib/tidings.mjs';

const started = (args) => ({
  async start(scratch, nats) {
    const process = scratch.keep(Tidings.launch(serveArguments({ nats: nats.url, args })));
    await process.listening();
    await process.client.waitReady({ deadline: 180_000 });
    return { origin: process.origin, pids: [process.child.pid], process };
  },
});

export const tidings = {
  name: 'tidings',
  title: 'Tidings',
  ...started([]),
  list: { newest: '/queries/ListLocations?limit=100', name: '/queries/ListLocations?limit=100&sort=name' },
};

/** For whoever gives CPU for an earlier answer. */
export const tidingsBusy = { name: 'tidings-busy', title: 'Tidings with --busy-poll', ...started(['--busy-poll', '100']) };
