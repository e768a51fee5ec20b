// SPDX-License-Identifier: MIT
// The log tells what happened, and nobody whom it quotes can write in it.
import assert from 'node:assert/strict';
import { headers as natsHeaders, StringCodec } from 'nats';
import { checkCompleted, town } from './lib/contract.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const text = StringCodec();
// What a server takes in a subject: anything but white space.
const evil = ['\x1b]0;taken\x07', '\x1b[2J\x1b[1;1H', '\u009b31m', '\x7f\x08\x08', '\u2028'];

async function provoke(nats, client) {
  checkCompleted(await client.command('CreateLocation', town('Oslo'), { wait: 5 }));
  for (const [i, bad] of evil.entries()) {
    const fields = natsHeaders();
    fields.set('Nats-Msg-Id', `x${i}`);
    await nats.jetstream().publish(`commands.0.Create${bad}.id${bad}${i}`, text.encode(`{"${bad}":`), { headers: fields });
    await nats.jetstream().publish(`$KV.locations.k${bad}${i}`, text.encode('no JSON'));
  }
}

test('nobody writes a line of the log, or steers the terminal that shows it', async (world) => {
  for (const [style, check] of [
    ['text', (line) => assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (trace|debug|info|warning|error|critical) \S/)],
    ['json', (line) => assert.deepEqual(Object.keys(JSON.parse(line)), ['time', 'level', 'message'])],
  ])
    await world.claim(style, async () => {
      const nats = await world.natsServer();
      const { client, child } = await world.tidings({ nats: nats.url, args: ['--log-level', 'trace', '--log-format', style] });
      await provoke(await world.spy(nats.url), client);
      await client.get('/%0a2026-01-01T00:00:00.000Z critical forged');
      await eventually('all of it is told', () => child.stderr.split('goes to DEAD_LETTERS').length > evil.length && child.stderr.split('is not JSON and is ignored').length > evil.length);
      const lines = child.stderr.trimEnd().split('\n');
      for (const line of lines) {
        check(line);
        assert.ok(!/[\x00-\x1f\x7f-\x9f]/.test(line), JSON.stringify(line));
      }
    });
});
