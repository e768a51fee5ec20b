// SPDX-License-Identifier: MIT
// A careful gateway as a team would write it in Node: Fastify, @nats-io, one process, the same flow as Tidings.
// Usage: node gateway.mjs NATS_URL; prints where it listens.
import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import Fastify from 'fastify';
import { Pipeline } from './pipeline.mjs';

const model = JSON.parse(fs.readFileSync(new URL('../../../examples/locations.json', import.meta.url)));
const pipeline = await Pipeline.start(process.argv[2]);
const app = Fastify({ logger: false, bodyLimit: 1024 * 1024, keepAliveTimeout: 75_000 });

const longestWait = 30_000;
const ownerOf = (request) => request.headers['tidings-session'] ?? 'public';

/** Milliseconds of `Prefer: wait=N`; 0 without. */
function askedWait(request) {
  const match = /(?:^|[,;\s])wait=(\d+)/.exec(request.headers.prefer ?? '');
  return match ? Math.min(Number(match[1]) * 1000, longestWait) : 0;
}

const pending = (id, key) => ({
  success: null, command_id: id, timestamp: new Date().toISOString(), payload: null, error: null, command_type: 'CreateLocation',
  status: 'pending', stage: 'accepted', code: null, key, revision: null, actions: [],
  links: { self: `/commands/${id}`, events: `/commands/${id}/events` },
});

app.post('/commands/CreateLocation', { schema: { body: model.commands.CreateLocation.schema } }, async (request, reply) => {
  const uuid = randomUUID();
  const id = `cmd-${uuid}`;
  const key = request.body.id ?? uuid;
  const wait = askedWait(request);
  let told;
  const outcome = wait > 0 && new Promise((resolve) => (told = resolve));
  await pipeline.submit({ id, type: 'CreateLocation', owner: ownerOf(request), key, payload: request.body, told });
  reply.type('application/json').header('Cache-Control', 'no-store');
  if (outcome) {
    let timer;
    const deadline = new Promise((resolve) => (timer = setTimeout(resolve, wait)));
    const text = await Promise.race([outcome, deadline]);
    clearTimeout(timer);
    if (text) return reply.header('Preference-Applied', `wait=${wait / 1000}`).send(text);
    pipeline.forget(id);
  }
  return reply.code(202).header('Location', `/commands/${id}`).header('Retry-After', '1').send(pending(id, key));
});

const queryAnswer = (payload) =>
  `{"success":true,"query_id":"qry-${randomUUID()}","timestamp":"${new Date().toISOString()}","payload":${payload},"error":null}`;

app.get('/queries/GetLocation', async (request, reply) => {
  const entry = pipeline.readModel.get(request.query.id);
  if (!entry) return reply.code(404).send({ code: 'not_found' });
  return reply.type('application/json').header('ETag', `"${entry.revision}"`).header('Cache-Control', 'no-cache').send(queryAnswer(entry.text));
});

app.get('/queries/ListLocations', async (request, reply) => {
  const limit = Math.min(Number(request.query.limit ?? 100), 1000);
  const items = pipeline.readModel.list(limit, request.query.sort);
  const body = queryAnswer(`{"items":[${items.join(',')}],"total":${pipeline.readModel.size}}`);
  return reply.type('application/json').header('Cache-Control', 'no-cache').send(body);
});

app.post('/session', async () => ({ session: randomBytes(16).toString('hex') }));

app.get('/events', (request, reply) => {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache, no-transform' });
  raw.write(': hello\n\n');
  const stop = pipeline.listen(ownerOf(request), (event) => raw.write(event));
  const beat = setInterval(() => raw.write(': alive\n\n'), 15_000);
  raw.on('close', () => (stop(), clearInterval(beat)));
});

app.get('/readyz', async () => ({ ready: true, documents: pipeline.readModel.size }));

await app.listen({ host: '127.0.0.1', port: 0 });
console.log(`listens on http://127.0.0.1:${app.server.address().port}`);
process.on('SIGTERM', () => process.exit(0));
