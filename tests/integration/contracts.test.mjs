// SPDX-License-Identifier: MIT
// The contracts that Tidings publishes about itself: well-formed, and what it really does. Every documented answer is
// provoked, and an answer that is not documented fails the test.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Parser } from '@asyncapi/parser';
import { OpenApi } from './lib/openapi.mjs';
import { buryEverything, orders, serveOrders } from './lib/orders.mjs';
import { commands, framing, freshId, postedStream, prepared, raw, send, stalled, typeOf } from './lib/provoke.mjs';
import { newSession, Stream } from './lib/streams.mjs';
import { example } from './lib/tidings.mjs';
import { slowdown } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const require = createRequire(import.meta.url);
const { Spectral } = require('@stoplight/spectral-core');
const { oas } = require('@stoplight/spectral-rulesets');

/** Severities of both linters: 0 is an error, 1 a warning, 2 and above are hints, e.g. that AsyncAPI 3.1 is out. */
const told = (findings) => findings.filter((x) => x.severity <= 1).map((x) => `${x.code} ${x.path.join('/')}: ${x.message}`);

async function lintOpenApi(document) {
  const linter = new Spectral();
  // Off: there is no address to contact, MIT is named by its SPDX identifier, and tags come in reading order.
  linter.setRuleset({ extends: [[oas, 'all']], rules: { 'contact-properties': 'off', 'license-url': 'off', 'openapi-tags-alphabetical': 'off' } });
  return told(await linter.run(document));
}

test('both documents are well-formed', async (world) => {
  const sets = {
    locations: [example('locations')],
    users: [example('users')],
    'both examples': [example('locations'), example('users')],
    'a model with handlers': [world.file('orders.json', orders)],
  };
  for (const [name, models] of Object.entries(sets)) {
    const { client } = await world.tidings({ models, ready: false });
    await world.claim(`${name}: OpenAPI 3.1 without a finding`, async () => {
      const { json } = await client.get('/openapi.json');
      assert.match(json.openapi, /^3\.1\./);
      assert.deepEqual(await lintOpenApi(json), []);
    });
    await world.claim(`${name}: AsyncAPI 3.0 without a finding`, async () => {
      const { json, text } = await client.get('/asyncapi.json');
      assert.equal(json.asyncapi, '3.0.0');
      const { document, diagnostics } = await new Parser().parse(text);
      assert.deepEqual(told(diagnostics), []);
      assert.ok(document.operations().length > 5);
    });
  }
  await world.claim('the linter would say what is wrong', async () => {
    assert.notDeepEqual(await lintOpenApi({ openapi: '3.1.0', info: { title: 'x' }, paths: { '/a/{b}': { get: { responses: {} } } } }), []);
  });
});

test('every documented answer happens, and no other', async (world) => {
  const nats = await world.natsServer();
  const models = [example('locations'), example('users'), world.file('orders.json', orders)];
  const { client, origin } = await world.tidings({ nats: nats.url, models, args: ['--demo'] });
  await serveOrders(await world.spy(nats.url));
  const contract = new OpenApi((await client.get('/openapi.json')).json);
  const { operations } = contract;
  const commandOperations = operations.filter((x) => x.id in commands || (x.id.includes('.route') && typeOf(x) in commands));
  const queryOperations = operations.filter((x) => typeOf(x) && !commandOperations.includes(x));
  const wait = { prefer: 'wait=10' };
  const expect = async (status, operation, answer) => {
    const { status: got, text } = contract.check(operation, await answer);
    assert.equal(got, status, `${operation.id}: ${text}`);
  };

  await world.claim('a path takes the methods that are documented, and says so', async () => {
    for (const path of Object.keys(contract.document.paths)) {
      const concrete = path.replace('{file}', 'tidings.js').replace(/\{[^}]+\}/g, 'x');
      const methods = contract.methodsOf(concrete);
      // HEAD goes with GET, but not for event streams, which never end.
      if (methods.has('GET') && !path.endsWith('/events')) methods.add('HEAD');
      const { status, headers } = await client.request('OPTIONS', concrete);
      assert.equal(status, 204, path);
      assert.deepEqual(headers.allow.split(', ').sort(), [...methods, 'OPTIONS'].sort(), path);
      assert.equal((await client.request('BREW', concrete)).status, 405, path);
    }
    assert.equal((await client.get('/nothing/here')).status, 404);
  });

  await world.claim('what HTTP itself refuses, on every operation', async () => {
    const late = Promise.all(operations.map((x) => stalled(origin, x)));
    for (const operation of operations)
      for (const [status, bytes] of Object.entries(framing(operation))) await expect(Number(status), operation, raw(origin, bytes));
    for (const [i, answer] of (await late).entries()) await expect(408, operations[i], answer);
  });

  await world.claim('commands: completed, pending, conflicts, preconditions, rejections', async () => {
    for (const operation of commandOperations) {
      const type = typeOf(operation);
      const { payload, conflict } = commands[type];
      const sent = async (id, headers, more) => send(client, operation, { ...payload(id), ...more }, { headers });
      await expect(200, operation, sent(await prepared(client, type), wait));
      await expect(202, operation, sent(await prepared(client, type), {}));
      await expect(412, operation, sent(await prepared(client, type), { ...wait, 'if-match': '"999999"' }));
      await expect(422, operation, sent(await prepared(client, type), { ...wait, 'tidings-ttl-ms': '0' }));
      await expect(422, operation, operation.pathParameters.length > 0 ? sent('not.a.token', {}) : send(client, operation, [], {}));
      if (conflict === 'missing') await expect(409, operation, sent(freshId(), wait));
      if (conflict === 'asked') await expect(409, operation, sent(freshId(), wait, { conflict: true }));
      if (conflict !== 'twice') continue;
      const id = freshId();
      await expect(200, operation, sent(id, wait));
      await expect(409, operation, sent(id, wait));
    }
  });

  await world.claim('queries: answers, live answers, not changed, not there, not valid, not visible yet', async () => {
    for (const type of ['CreateLocation', 'CreateUser', 'Decide'])
      assert.equal((await client.command(type, commands[type].payload('known'), { wait: 10 })).status, 200);
    const slow = await client.command('ReplaceLocation', commands.ReplaceLocation.payload('slow'), { headers: { 'tidings-delay-ms': String(8000 * slowdown) } });
    for (const operation of queryOperations) {
      const payload = /^(List|Search)/.test(operation.id) ? {} : { id: 'known' };
      const ask = (headers, x = payload) => send(client, operation, x, { headers });
      const first = await ask();
      await expect(200, operation, first);
      await expect(304, operation, ask({ 'if-none-match': first.headers.etag }));
      await expect(404, operation, ask({ 'after-command': 'cmd-unknown', prefer: 'wait=0' }));
      await expect(400, operation, ask({ 'after-command': 'no token' }));
      await expect(504, operation, ask({ 'after-command': slow.json.command_id, prefer: 'wait=0' }));
      await expect(200, operation, ask({ 'after-command': `${slow.json.command_id}; stale=allow`, prefer: 'wait=0' }));
      const wrong = { ...(operation.path.includes('{id}') ? { id: 'known' } : {}), ...(payload.id ? { more: 'x' } : { limit: '0' }) };
      if (operation.statuses.includes('422')) {
        const answer = operation.path === '/orders/{id}' ? ask({}, { id: 'known', more: '' }) : ask({}, wrong);
        await expect(422, operation, answer);
      }
      const path = operation.path.replace('{id}', 'known') + (operation.path.includes('{') || !payload.id ? '' : '?id=known');
      if (operation.method === 'GET') await live(operation, path);
      else await expect(200, operation, postedStream(origin, operation.path, payload));
    }
  });

  async function live(operation, path, count = 1) {
    const stream = await Stream.open(origin, path);
    await stream.take(count);
    stream.close();
    await expect(200, operation, { status: stream.status, headers: stream.headers, text: stream.text });
    assert.ok(stream.events.length >= count);
  }

  await world.claim('types of services elsewhere: whatever those answer', async () => {
    const forward = contract.operation('tidings.forward-command');
    const modes = { completed: 200, pending: 202, conflict: 409, revision: 412, rejected: 422, buried: 500, garbage: 502, silent: 504 };
    for (const [mode, status] of Object.entries(modes))
      await expect(status, forward, send(client, forward, { mode }, { name: 'Elsewhere', headers: { prefer: 'wait=1' } }));
    await expect(503, forward, send(client, forward, {}, { name: 'Nobody' }));
    for (const id of ['tidings.forward-query-get', 'tidings.forward-query-post']) {
      const query = contract.operation(id);
      for (const [mode, status] of Object.entries({ completed: 200, rejected: 422, garbage: 502, silent: 504 }))
        await expect(status, query, send(client, query, { mode }, { name: 'Elsewhere' }));
      await expect(503, query, send(client, query, {}, { name: 'Nobody' }));
      await expect(406, query, send(client, query, { mode: 'completed' }, { name: 'Elsewhere', headers: { accept: 'text/event-stream' } }));
      await expect(200, query, send(client, query, { mode: 'completed' }, { name: 'Elsewhere', headers: { accept: 'text/event-stream, */*;q=0.1' } }));
      await expect(404, query, send(client, query, { mode: 'completed' }, { name: 'Elsewhere', headers: { 'after-command': 'cmd-unknown' } }));
    }
  });

  await world.claim('outcomes: by status and as events', async () => {
    const own = await newSession(client);
    await expect(201, contract.operation('tidings.session'), own.answer);
    const outcome = contract.operation('tidings.outcome');
    const done = await client.command('ReplaceLocation', commands.ReplaceLocation.payload('seen'), { wait: 10, headers: own.headers });
    const pending = await client.command('ReplaceUser', {}, { headers: own.headers });
    assert.equal(pending.status, 503);
    const id = done.json.command_id;
    await expect(200, outcome, client.get(`/commands/${id}`, { headers: own.headers }));
    await expect(404, outcome, client.get(`/commands/${id}`));
    const events = contract.operation('tidings.command-events');
    const path = `/commands/${id}/events`;
    const ticket = contract.operation('tidings.ticket');
    await expect(401, ticket, client.request('POST', '/events/ticket'));
    for (let i = 0; i < 32; i += 1) await expect(201, ticket, client.request('POST', '/events/ticket', { headers: own.headers }));
    await expect(429, ticket, client.request('POST', '/events/ticket', { headers: own.headers }));
    const stream = await Stream.open(origin, path, { session: own.session });
    await stream.end();
    assert.deepEqual(stream.events.map((x) => x.event), ['completed']);
    await expect(200, events, { status: stream.status, headers: stream.headers, text: stream.text });
    await expect(204, events, client.get(path, { headers: { ...own.headers, 'last-event-id': stream.position } }));
    await expect(404, events, client.get(path));
    const all = contract.operation('tidings.events');
    await expect(401, all, client.get('/events'));
    const missed = await Stream.open(origin, '/events', { session: own.session, lastEventId: '99999999' });
    await missed.take(1);
    await client.command('ReplaceLocation', commands.ReplaceLocation.payload('seen'), { headers: own.headers });
    await missed.take(2);
    missed.close();
    assert.deepEqual(missed.events.map((x) => x.event), ['gap', 'completed']);
    await expect(200, all, { status: missed.status, headers: missed.headers, text: missed.text });
  });

  await world.claim('what the process says about itself', async () => {
    for (const path of ['/healthz', '/readyz', '/services', '/metrics', '/model', '/openapi.json', '/asyncapi.json', '/', '/assets/{file}']) {
      const operation = operations.find((x) => x.path === path);
      const answer = await client.get(path.replace('{file}', 'tidings.js'));
      await expect(200, operation, answer);
      const again = { headers: { 'if-none-match': answer.headers.etag } };
      if (answer.headers.etag) await expect(304, operation, client.get(path.replace('{file}', 'tidings.js'), again));
    }
    await expect(404, contract.operation('tidings.asset'), client.get('/assets/nothing.js'));
  });

  await world.claim('a command that was given up', async () => {
    const other = await world.natsServer();
    const gateway = await world.tidings({ nats: other.url, models, args: ['--roles', 'gateway'] });
    await buryEverything(await world.spy(other.url));
    for (const operation of commandOperations)
      await expect(500, operation, send(gateway.client, operation, commands[typeOf(operation)].payload(freshId()), { headers: wait }));
  });

  await world.claim('without NATS', async () => {
    const alone = await world.tidings({ nats: 'nats://127.0.0.1:1', models, ready: false });
    for (const operation of operations.filter((x) => x.statuses.includes('503'))) {
      const type = typeOf(operation);
      const payload = type in commands ? commands[type].payload('x') : { ...(!/^(List|Search)/.test(type ?? 'List') && { id: 'x' }) };
      await expect(503, operation, send(alone.client, operation, payload, { name: 'Elsewhere' }));
    }
  });

  // All of them can be brought about, so there is no list of exceptions.
  await world.claim('nothing that is documented was left out', () => {
    assert.deepEqual(contract.unseen(), []);
    assert.ok(contract.documented().length > 500, 'the document says little');
  });
});
