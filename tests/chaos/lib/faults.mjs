// SPDX-License-Identifier: MIT
// Everything that goes wrong, as a table: how likely, to whom, for how long at most (seconds), how, and how it is healed.
// THREATS.md's rows: F1 restarts, F2 networks, F3 slow consumers, F4 a full disk, D3 to D6 and D10.
import { disk } from './disk.mjs';

const tidings = ['gateway', 'reactor'];

/** Puts into the stream what can never be a command. */
export async function poison(nats, history, random) {
  const id = `cmd-${random.uuid()}`;
  await nats.jetstream({ timeout: 2000 }).publish(`commands.0.CreateNote.${id}`, 'not JSON');
  history.add({ what: 'poison', id });
}

/** Takes a process away, and starts it again. */
const ends = (signal) => async ({ node }) => {
  await node.kill(signal);
  return () => node.start();
};

const freezes = async ({ node }) => {
  await node.freeze();
  return () => node.thaw();
};

/** Something about the links of a process. */
const links = (change) => async ({ links: all, random }) => {
  for (const link of all) change(link, random);
  return () => all.forEach((link) => link.heal());
};

const isAckOf = ({ payload }, stream) => payload.includes(`"stream":"${stream}"`) && payload.includes('"seq":');

export const faults = [
  { name: 'kill', of: ['nats'], weight: 3, lasts: [0.2, 3], inject: ends('SIGKILL') },
  { name: 'kill', of: tidings, weight: 6, lasts: [0.2, 4], inject: ends('SIGKILL') },
  { name: 'terminate', of: ['nats', ...tidings], weight: 3, lasts: [0.2, 2], inject: ends('SIGTERM') },
  { name: 'freeze', of: ['nats'], weight: 2, lasts: [0.3, 5], inject: freezes },
  { name: 'freeze', of: tidings, weight: 5, lasts: [0.5, 7], inject: freezes },
  { name: 'partition', of: tidings, weight: 4, lasts: [0.3, 6],
    inject: links((link) => (link.deaf.add('up'), link.deaf.add('down'))) },
  { name: 'one-way', of: tidings, weight: 4, lasts: [0.3, 5], inject: links((link, random) => link.deaf.add(random.pick(['up', 'down']))) },
  { name: 'latency', of: tidings, weight: 3, lasts: [1, 6], inject: links((link, random) => (link.latency = random.between(20, 300))) },
  { name: 'unreachable', of: tidings, weight: 3, lasts: [0.2, 4], inject: links((link) => ((link.closed = true), link.cut())) },
  { name: 'lose-acks', of: tidings, weight: 4, lasts: [0.5, 4],
    inject: links((link, random) => {
      const stream = random.pick(['COMMANDS', 'NOTIFICATIONS', 'KV_ledgers', 'KV_notes']);
      link.lose = (frame, direction) => direction === 'down' && isAckOf(frame, stream);
    }) },
  { name: 'lose-deliveries', of: tidings, weight: 2, lasts: [0.3, 2],
    inject: links((link) => (link.lose = ({ subject }, direction) => direction === 'down' && /^(commands\.\d+|notifications|\$KV)\./.test(subject))) },
  { name: 'delete-consumer', of: ['consumer'], weight: 2, lasts: [0, 0],
    inject: async ({ nats }) => {
      const manager = await nats.jetstreamManager({ timeout: 2000 });
      for (const { name } of await manager.consumers.list('COMMANDS').next()) await manager.consumers.delete('COMMANDS', name);
      return () => {};
    } },
  { name: 'poison', of: ['consumer'], weight: 2, lasts: [0, 0],
    inject: async ({ nats, history, random }) => {
      await poison(nats, history, random);
      return () => {};
    } },
  { name: 'slow-handler', of: ['handler'], weight: 2, lasts: [0.5, 3],
    inject: async ({ handler }) => {
      handler.pace = 700;
      return () => (handler.pace = 0);
    } },
  { name: 'sleep', of: ['follower'], weight: 2, lasts: [1, 6],
    inject: async ({ follower }) => {
      follower.sleep();
      return () => follower.wake();
    } },
  { name: 'break', of: ['follower'], weight: 2, lasts: [0, 0],
    inject: async ({ follower }) => {
      follower.cut();
      return () => {};
    } },
  { name: 'disk-full', of: ['nats'], weight: 2, lasts: [0.5, 3], available: ({ disk: has }) => has,
    inject: async ({ node }) => {
      const free = disk.fill(node.server.store);
      // nats-server 2.9 stays refusing until it is started again.
      return async () => {
        free();
        await node.kill();
        await node.start();
      };
    } },
];
