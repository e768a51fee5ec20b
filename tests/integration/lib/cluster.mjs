// SPDX-License-Identifier: MIT
// nats-servers that are one cluster.
import { freePort } from './ports.mjs';
import { eventually } from './wait.mjs';

/** `n0`, `n1` and so on. @param stores A directory for each; without them the world's own. */
export async function cluster(world, count, stores = []) {
  const routes = await Promise.all(Array.from({ length: count }, freePort));
  return Promise.all(routes.map((route, i) => world.natsServer({
    ...(stores[i] && { store: stores[i] }),
    args: ['--server_name', `n${i}`, '--cluster_name', 'together', '--cluster', `nats://127.0.0.1:${route}`,
      '--routes', routes.map((port) => `nats://127.0.0.1:${port}`).join(','), '--no_advertise'],
  })));
}

/** Waits until all copies of a stream say that they are current. @returns the stream's info. */
export const allCurrent = (jsm, stream) => eventually(`all copies of ${stream} are current`, async () => {
  const info = await jsm.streams.info(stream).catch(() => undefined);
  return info?.cluster?.leader && info.cluster.replicas?.every(({ current, lag }) => current && !lag) && info;
}, { deadline: 60_000, every: 200 });

/** Makes a server lead a stream; the cluster chooses, so it takes some tries. */
export const makeLead = (nats, jsm, stream, name) => eventually(`${name} leads ${stream}`, async () => {
  const info = await allCurrent(jsm, stream);
  if (info.cluster.leader === name) return true;
  await nats.request(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`, '', { timeout: 5_000 });
  return false;
}, { deadline: 60_000, every: 500 });
