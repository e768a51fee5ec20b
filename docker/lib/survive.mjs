// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { Load } from './load.mjs';

/**
 * Kills services in turn while commands come in, and checks that every promise is kept.
 * @param apart Services that the others can do without: commands are accepted and completed while each is away.
 * @param together Services that nothing goes without: it goes on when each is back.
 */
export async function survive(world, stack, { apart = [], together = [] }) {
  const load = world.adopt(new Load(stack.origin, 8));
  const claim = (title, check) =>
    world.claim(title, async () => {
      try {
        await check();
      } catch (error) {
        await stack.keepLogs();
        console.error(stack.logs);
        throw error;
      }
    });
  await claim('commands are accepted and completed', () => load.progress(100));

  for (const service of apart)
    await claim(`${service} is killed: commands complete without it`, async () => {
      await stack.kill(service);
      await load.progress(100);
      assert.equal(await stack.runs(service), false, `${service} was away all the time`);
      await stack.start(service);
      await stack.healthy(service);
      await load.progress(50);
    });
  for (const service of together)
    await claim(`${service} is killed: commands complete when it is back`, async () => {
      await stack.kill(service);
      await stack.start(service);
      await stack.healthy(service);
      await load.progress(100);
    });

  await claim('every command was accepted in the end', async () => {
    await load.stop();
    assert.deepEqual(load.refused, []);
  });
  await claim('nothing accepted is lost', async () => {
    await load.audit();
    console.log(`${load.accepted.size} commands were accepted and are there`);
  });
}
