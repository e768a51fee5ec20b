// SPDX-License-Identifier: MIT
// slowhttptest, a tool that others wrote to show that servers can be starved by slow clients.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Child } from './lib/child.mjs';
import { checkCompleted, town } from './lib/contract.mjs';
import { Client } from './lib/http.mjs';
import { eventually, pause, within } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const connections = 300;

/** Runs it to its end. @returns what it says, without colours. */
async function attack(world, origin, args, seconds) {
  const all = ['-c', `${connections}`, '-r', `${connections}`, '-i', '2', '-l', `${seconds}`, '-p', '3', '-v', '1', ...args.map((x) => x.replace('ORIGIN', origin))];
  const tool = new Child('slowhttptest', 'slowhttptest', all);
  world.adopt({ close: () => tool.kill('SIGKILL') });
  await tool.exited((seconds + 15) * 1000);
  return tool.stdout.replaceAll(/\x1b\[[0-9;]*[A-Za-z]/g, '');
}

test('slow clients starve nobody', async (world) => {
  const { client, origin, child } = await world.tidings();
  const files = () => fs.readdirSync(`/proc/${child.pid}/fd`).length;
  checkCompleted(await client.command('CreateLocation', town('Rome'), { wait: 5 }));
  client.close();
  const before = files();
  let going = true;
  const waits = [];
  const canaries = (async () => {
    while (going) {
      const fresh = new Client(origin, { connections: 1 });
      const began = performance.now();
      assert.equal((await fresh.get('/locations')).status, 200);
      waits.push(performance.now() - began);
      fresh.close();
      await pause(100);
    }
  })();
  const [headers, bodies, reads] = await Promise.all([
    attack(world, origin, ['-H', '-u', 'ORIGIN/'], 20),
    attack(world, origin, ['-B', '-s', '8192', '-f', 'application/json', '-u', 'ORIGIN/commands/CreateLocation'], 20),
    attack(world, origin, ['-X', '-w', '10', '-y', '20', '-n', '1', '-z', '5', '-k', '5', '-u', 'ORIGIN/assets/tidings.js'], 20),
  ]);
  going = false;
  await canaries;

  await world.claim('slow headers (H1) and slow bodies (H2) are let go before the attack is over', () => {
    for (const said of [headers, bodies]) assert.match(said, /Exit status:\s+No open connections left/, said);
  });
  await world.claim('the service was there all the time, also for slow readers (H3)', () => {
    for (const said of [headers, bodies, reads]) {
      assert.match(said, /service available:\s+YES/, said);
      assert.doesNotMatch(said, /service available:\s+NO/, said);
    }
  });
  await world.claim('others were answered in time', async () => {
    const sorted = waits.sort((a, b) => a - b);
    console.log(`# ${3 * connections} slow clients; ${sorted.length} others: median ${sorted[sorted.length >> 1].toFixed(1)} ms, slowest ${sorted.at(-1).toFixed(1)} ms`);
    assert.ok(sorted[sorted.length >> 1] < within(100));
    assert.ok(sorted.at(-1) < within(2_000));
    checkCompleted(await client.command('CreateLocation', town('Oslo'), { wait: 5 }));
    await eventually('it is ready', async () => (await client.ready()) === 200);
    client.close();
    await eventually(`files as before (${before})`, () => files() <= before + 2, { deadline: 40_000 });
  });
});
