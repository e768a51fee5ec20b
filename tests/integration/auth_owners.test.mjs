// SPDX-License-Identifier: MIT
// Nobody sees what is of others, when callers are known by tokens.
import assert from 'node:assert/strict';
import { checkCompleted, checkProblem, town } from './lib/contract.mjs';
import { bearer, Issuer } from './lib/issuer.mjs';
import { claimNothingLeaks } from './lib/owners.mjs';
import { Stream } from './lib/streams.mjs';
import { test } from './lib/world.mjs';

test('fifty subjects, twenty clients each with a token of its own: received is exactly what is permitted', async (world) => {
  const issued = await Issuer.make(world);
  const tidings = await world.tidings({ args: issued.args });
  const { client, origin } = tidings;
  const algorithms = ['ES256', 'EdDSA', 'RS256'];
  const callers = [];
  for (let i = 0; i < 50; i += 1)
    callers.push(await Promise.all(Array.from({ length: 20 }, async (_, j) => {
      const token = await issued.token(`user-${i}`, { algorithm: algorithms[j % 3] });
      // Half of them as browsers do.
      return j % 2 ? bearer(token) : { cookie: `tidings_token=${token}` };
    })));
  const sent = await claimNothingLeaks(world, tidings, callers);

  await world.claim('nor by an Idempotency-Key: two owners with the same one have two commands', async () => {
    const both = callers.slice(0, 2).map(([headers]) => headers);
    const done = [];
    for (const headers of [...both, ...both]) done.push(checkCompleted(await client.command('CreateLocation', town('Same'), { wait: 10, key: 'same', headers })));
    assert.notEqual(done[0].command_id, done[1].command_id);
    assert.notEqual(done[0].key, done[1].key);
    assert.deepEqual(done.slice(2), done.slice(0, 2));
  });
  await world.claim('nor by asking for it', async () => {
    for (const [i, texts] of sent.entries()) {
      const { command_id: id } = JSON.parse(texts[0]);
      const stranger = callers[(i + 1) % callers.length][0];
      checkProblem(await client.get(`/commands/${id}`, { headers: stranger }), 404, 'not_found');
      checkProblem(await client.get('/locations', { headers: { ...stranger, 'after-command': id } }), 404, 'not_found');
      const stream = await Stream.open(origin, `/commands/${id}/events`, { headers: stranger });
      await stream.end();
      checkProblem({ status: stream.status, headers: stream.headers, text: stream.text, json: JSON.parse(stream.text) }, 404, 'not_found');
    }
  });
});
