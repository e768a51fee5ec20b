// SPDX-License-Identifier: MIT
// Many owners with many clients each, and what reaches whom.
import assert from 'node:assert/strict';
import { town } from './contract.mjs';
import { Stream } from './streams.mjs';
import { eventually } from './wait.mjs';

const random = (below) => Math.floor(Math.random() * below);

const anyCommand = () => [
  ['CreateLocation', town(`t${random(1000)}`)],
  ['RenameLocation', { id: `t${random(20)}`, name: 'renamed' }],
  ['RemoveLocation', { id: `t${random(20)}` }],
  ['ReplaceLocation', town('put', { id: `t${random(20)}` })],
][random(4)];

/**
 * Claims that each owner's streams get exactly the outcomes of its own commands, live and on replay.
 * @param callers For each owner the headers of each of its clients. @param nobody Also some commands of no owner.
 * @returns for each owner the texts of its outcomes.
 */
export async function claimNothingLeaks(world, { client, origin }, callers, { nobody = false, commands = 800 } = {}) {
  const all = [];
  for (const headers of callers) {
    const streams = await Promise.all(headers.map((own) => Stream.open(origin, '/events', { headers: own })));
    for (const stream of streams) world.adopt(stream);
    all.push({ headers, streams, sent: [] });
  }
  for (const who of all) for (const stream of who.streams) await eventually('a place', () => stream.position);
  const starts = all.map((who) => who.streams[0].position);
  const by = (who) => who.headers[random(who.headers.length)];

  const senders = Array.from({ length: commands }, () => all[random(all.length + Number(nobody))]);
  for (let i = 0; i < commands; i += 40)
    await Promise.all(senders.slice(i, i + 40).map(async (who) => {
      const answer = await client.command(...anyCommand(), { wait: 20, headers: who ? by(who) : {} });
      assert.ok([200, 409].includes(answer.status), answer.text);
      who?.sent.push(answer.text);
    }));

  await world.claim(`${all.length} owners, ${callers[0].length} clients each: live`, async () => {
    for (const who of all) {
      const permitted = [...who.sent].sort();
      for (const stream of who.streams) {
        await stream.take(permitted.length);
        assert.deepEqual(stream.events.map(({ data }) => data).sort(), permitted);
        assert.deepEqual(stream.errors, []);
      }
    }
  });

  await world.claim('on replay, from where they began and from a random place', async () => {
    await Promise.all(all.map(async (who, i) => {
      const live = [...who.streams[0].events];
      const at = random(live.length);
      for (const [lastEventId, missed] of [[starts[i], live], live.length > 0 ? [live[at].id, live.slice(at + 1)] : [starts[i], []]]) {
        const stream = await Stream.open(origin, '/events', { headers: by(who), lastEventId });
        const marker = await client.command('RenameLocation', { id: 'nobody', name: 'marker' }, { wait: 20, headers: by(who) });
        who.sent.push(marker.text);
        await stream.find('the marker', ({ data }) => data === marker.text);
        const got = stream.events.map(({ data }) => data);
        assert.deepEqual(got.slice(0, missed.length), missed.map(({ data }) => data));
        for (const data of got) assert.ok(who.sent.includes(data), data);
        stream.close();
      }
    }));
  });

  await world.claim('after all that, still nothing foreign on any live stream', async () => {
    for (const { streams, sent } of all)
      for (const stream of streams) {
        await stream.take(sent.length);
        assert.deepEqual(stream.events.map(({ data }) => data).sort(), [...sent].sort());
      }
  });
  return all.map(({ sent }) => sent);
}
