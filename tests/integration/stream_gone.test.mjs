// SPDX-License-Identifier: MIT
// A stream that disappears took data with it: Tidings is not ready, says so loudly, promises nothing that it cannot keep,
// and never makes it anew behind everybody's back.
import assert from 'node:assert/strict';
import { checkCompleted, town } from './lib/contract.mjs';
import { eventually, pause, within } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const severalLooks = 12_000; // milliseconds; the streams are looked at every 5 s

/** What may be answered to a command then, by stream: what cannot be stored is no 202, what cannot be done is not completed. */
const honest = {
  COMMANDS: [503],
  NOTIFICATIONS: [202, 503],
  KV_locations: [202, 503],
  DEAD_LETTERS: [200, 202, 503],
  KV_tidings_leases: [200, 202, 503],
};

async function lose(world, stream) {
  const nats = await world.natsServer();
  const reactor = await world.tidings({ nats: nats.url, args: ['--roles', 'reactor'] });
  const gateway = await world.tidings({ nats: nats.url, args: ['--roles', 'gateway'] });
  checkCompleted(await gateway.client.command('CreateLocation', town('Before', { id: 'before' }), { wait: 10 }));
  const manager = await (await world.spy(nats.url)).jetstreamManager();
  await manager.streams.delete(stream);

  for (const [who, { client, child }] of Object.entries({ gateway, reactor })) {
    await eventually(`the ${who} is not ready and names ${stream}`, async () => {
      const answer = await client.get('/readyz');
      return answer.status === 503 && answer.text.includes(`stream ${stream} is gone`);
    });
    assert.match(child.stderr, new RegExp(`error .*stream ${stream} is gone`), `the ${who} logs it`);
  }
  const end = performance.now() + within(severalLooks);
  for (let number = 0; performance.now() < end; number += 1) {
    const answer = await gateway.client.command('CreateLocation', town('After', { id: `after-${number}` }), { wait: 1 });
    assert.ok(honest[stream].includes(answer.status), `${stream} is gone, and a command is answered ${answer.status} ${answer.text}`);
    await pause(200);
  }
  const names = await manager.streams.names().next();
  assert.ok(!names.includes(stream), `${stream} was made anew`);
  assert.equal(await gateway.client.ready(), 503);
}

for (const stream of Object.keys(honest)) test(`${stream} is deleted`, (world) => lose(world, stream));
