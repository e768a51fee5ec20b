// SPDX-License-Identifier: MIT
// Nobody sees what is of others.
import assert from 'node:assert/strict';
import { checkProblem, town } from './lib/contract.mjs';
import { bearer, Issuer } from './lib/issuer.mjs';
import { Stream } from './lib/streams.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('fifty owners with tokens: received is exactly what is permitted', async (world) => {
  const owners = 50;
  const clients = 4;
  const issued = await Issuer.make(world);
  const { client, origin } = await world.tidings({ args: issued.args });
  const all = [];
  for (let i = 0; i < owners; i += 1) {
    // Each client has a token of its own; what they share is the subject.
    const tokens = await Promise.all(Array.from({ length: clients }, () => issued.token(`user-${i}`)));
    const streams = await Promise.all(tokens.map((token) => Stream.open(origin, '/events', { headers: bearer(token) })));
    for (const stream of streams) world.adopt(stream);
    all.push({ tokens, streams, sent: [] });
  }
  for (const { streams } of all) for (const stream of streams) await eventually('a place', () => stream.position);
  const random = (below) => Math.floor(Math.random() * below);
  for (let i = 0; i < 400; i += 40)
    await Promise.all(Array.from({ length: 40 }, async () => {
      const who = all[random(owners)];
      const [type, payload] = [
        ['CreateLocation', town('t')], ['RenameLocation', { id: `t${random(20)}`, name: 'renamed' }], ['ReplaceLocation', town('put', { id: `t${random(20)}` })],
      ][random(3)];
      const answer = await client.command(type, payload, { wait: 20, headers: bearer(who.tokens[random(clients)]) });
      assert.ok([200, 409].includes(answer.status), answer.text);
      who.sent.push(answer.text);
    }));
  for (const { streams, sent } of all)
    for (const stream of streams) {
      await stream.take(sent.length);
      assert.deepEqual(stream.events.map(({ data }) => data).sort(), [...sent].sort());
    }
  const foreign = all[0].sent.map((text) => JSON.parse(text).command_id);
  for (const id of foreign.slice(0, 5)) checkProblem(await client.get(`/commands/${id}`, { headers: bearer(all[1].tokens[0]) }), 404);
  for (const { streams, sent } of all) for (const stream of streams) assert.equal(stream.events.length, sent.length);
});
