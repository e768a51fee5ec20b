// SPDX-License-Identifier: MIT
// What an idle event stream costs: node idle_sse.mjs [connections, default 10000] [tls]. Starts the binary, opens the streams, prints
// resident memory a connection and how long a heartbeat and a broadcast take, and stops.
import fs from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { Authority } from './lib/certificates.mjs';
import { newSession } from './lib/streams.mjs';
import { test } from './lib/world.mjs';
import { eventually } from './lib/wait.mjs';

const count = Math.min(Number(process.argv[2] ?? 10_000), 19_000); // below the bound of the listener

const secure = process.argv[3] === 'tls';

const resident = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
const cpu = (pid) => {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10; // ms at 100 ticks a second
};

/** The gateway to measure, and a client of the same streams: by plain HTTP, so of another process when that one serves HTTPS. */
async function gateways(world) {
  const nats = await world.natsServer();
  const { client, origin, child } = await world.tidings({ nats: nats.url });
  if (!secure) return { client, origin, child, connect: net.connect };
  const authority = new Authority(world);
  const { certificate, key } = authority.issue('IP:127.0.0.1');
  const other = world.launch(['serve', '--listen', '127.0.0.1:0', '--nats', nats.url, '--tls-cert', certificate, '--tls-key', key]);
  const [, url] = await other.child.printed(/listens on (https:\S+)/);
  const connect = (to, host) => tls.connect({ port: to, host, ca: authority.pem });
  await eventually('it is ready', () => /Ready/.test(other.child.stdout), { deadline: 20_000 });
  return { client, origin: url, child: other.child, connect };
}

test(`${count} idle event streams${secure ? ' by TLS' : ''}`, async (world) => {
  const { client, origin, child, connect } = await gateways(world);
  const { hostname, port } = new URL(origin);
  const sockets = [];
  world.adopt({ close: () => sockets.forEach((socket) => socket.destroy()) });
  const { session, headers } = await newSession(client);
  const before = resident(child.pid);
  let begun = 0;
  let beats = 0;
  let told = 0;
  const open = () => new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.once('error', reject);
    socket.write(`GET /events HTTP/1.1\r\nhost: ${hostname}\r\ntidings-session: ${session}\r\n\r\n`);
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (text.includes('retry:')) resolve((begun += 1));
      if (text.includes(': alive')) beats += 1;
      if (text.includes('event: completed')) told += 1;
    });
  });
  const start = performance.now();
  for (let i = 0; i < count; i += 200) await Promise.all(Array.from({ length: Math.min(200, count - i) }, open));
  const opened = performance.now() - start;
  const after = resident(child.pid);
  console.log(`${begun} streams in ${(opened / 1000).toFixed(1)} s; resident ${(before / 1e6).toFixed(1)} MB before, ${(after / 1e6).toFixed(1)} MB after: ${((after - before) / count / 1024).toFixed(2)} KiB each`);
  const used = cpu(child.pid);
  const base = beats;
  await eventually('everybody has a sign of life', () => beats - base >= count, { deadline: 35_000 });
  console.log(`a heartbeat to all costs ${cpu(child.pid) - used} ms of CPU; then ${((resident(child.pid) - before) / count / 1024).toFixed(2)} KiB each`);
  const sent = performance.now();
  await client.request('POST', '/locations', { body: { name: 'All', category: 'Town' }, headers: { ...headers, prefer: 'wait=10' } });
  await eventually('everybody is told', () => told >= count, { deadline: 20_000 });
  console.log(`one outcome to all of them took ${(performance.now() - sent).toFixed(0)} ms; then ${((resident(child.pid) - before) / count / 1024).toFixed(2)} KiB each`);
});
