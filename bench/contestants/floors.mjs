// SPDX-License-Identifier: MIT
import path from 'node:path';
import { Child } from '../../tests/integration/lib/child.mjs';
import { binaries } from '../lib/load.mjs';

/** The NATS work of a command and nothing else; generates its own load. */
export const floor = { name: 'floor', title: 'Floor: nats.c alone', program: path.join(binaries, 'bench_floor') };

/** Plain Beast with one fixed answer. */
export const beast = {
  name: 'beast',
  title: 'Floor: plain Beast',
  async start(scratch, body) {
    const child = new Child('bench_beast_floor', path.join(binaries, 'bench_beast_floor'), [scratch.file('body.json', body)]);
    scratch.keep({ close: () => child.stop() });
    const [, origin] = await child.printed(/^listens on (http:\S+)$/m);
    return { origin, pids: [child.pid] };
  },
};
