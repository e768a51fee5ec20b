// SPDX-License-Identifier: MIT
// --busy-poll: threads that look for what comes next before they sleep, and sleep all the same.
import assert from 'node:assert/strict';
import { checkCompleted, town } from './lib/contract.mjs';
import { scrape } from './lib/prometheus.mjs';
import { pause, slowdown } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('threads that poll serve, sleep when nothing comes, and end', async (world) => {
  const nats = await world.natsServer();
  const { client, child } = await world.tidings({ nats: nats.url, args: ['--threads', '2', '--busy-poll', '1000'] });

  await world.claim('commands get their outcomes', async () => {
    for (let i = 0; i < 50; i += 1) checkCompleted(await client.command('CreateLocation', town(`Town ${i}`), { wait: 10 }));
  });

  await world.claim('without work the processor is left alone', async () => {
    const cpu = async () => (await scrape(client)).value('process_cpu_seconds_total');
    const before = await cpu();
    await pause(3_000);
    const used = (await cpu()) - before;
    assert.ok(used < 0.5 * slowdown, `${used} s of 3 s and two threads`);
  });

  await world.claim('a signal ends it', async () => {
    child.kill('SIGTERM');
    assert.equal((await child.exited()).code, 0);
  });
});
