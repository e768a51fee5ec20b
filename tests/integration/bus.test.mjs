// SPDX-License-Identifier: MIT
// Commands and queries over NATS, by a client that nobody here wrote.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { headers, StringCodec } from 'nats';
import { checkProblem } from './lib/contract.mjs';
import { test } from './lib/world.mjs';

const text = StringCodec();

/** Sends an envelope as it is given and returns the parsed answer. */
async function ask(connection, subject, envelope, { timeout, wait = 5_000 } = {}) {
  const options = { timeout: wait, headers: headers() };
  if (timeout !== undefined) options.headers.set('Tidings-Timeout-Ms', String(timeout));
  const body = typeof envelope === 'string' || envelope instanceof Uint8Array ? envelope : JSON.stringify(envelope);
  const reply = await connection.request(subject, typeof body === 'string' ? text.encode(body) : body, options);
  return JSON.parse(text.decode(reply.data));
}

const command = (type, payload, more = {}) => ({
  command_type: type, command_id: `cmd-${randomUUID()}`, service_id: 'test', timestamp: new Date().toISOString(), payload, ...more,
});
const query = (type, payload, more = {}) => ({
  query_type: type, query_id: `qry-${randomUUID()}`, service_id: 'test', timestamp: new Date().toISOString(), payload, ...more,
});
const town = (id) => ({ id, name: `Town ${id}`, category: 'Town', description: 'By the sea' });

async function start(world) {
  const nats = await world.natsServer();
  const tidings = await world.tidings({ nats: nats.url });
  return { nats, tidings, connection: await world.spy(nats.url) };
}

test('a command and a query over NATS are answered with envelopes', async (world) => {
  const { connection, tidings } = await start(world);
  const sent = command('CreateLocation', town('one'));
  const outcome = await ask(connection, 'commands.CreateLocation', sent);
  await world.claim('the command is answered after its projection', () => {
    assert.equal(outcome.success, true);
    assert.equal(outcome.status, 'completed');
    assert.equal(outcome.command_id, sent.command_id);
    assert.equal(outcome.payload.name, 'Town one');
  });
  await world.claim('a retry with the same id has the same outcome', async () => {
    assert.deepEqual(await ask(connection, 'commands.CreateLocation', sent), outcome);
  });
  await world.claim('the same id with another payload is refused', async () => {
    const refused = await ask(connection, 'commands.CreateLocation', { ...sent, payload: town('two') });
    assert.equal(refused.code, 'idempotency_mismatch');
  });
  await world.claim('the query answers with the document', async () => {
    const asked = query('GetLocation', { id: 'one' });
    const answer = await ask(connection, 'queries.GetLocation', asked);
    assert.deepEqual(Object.keys(answer), ['success', 'query_id', 'timestamp', 'payload', 'error']);
    assert.equal(answer.query_id, asked.query_id);
    assert.equal(answer.payload.id, 'one');
  });
  await world.claim('a rejection is an outcome', async () => {
    const failed = await ask(connection, 'commands.CreateLocation', command('CreateLocation', town('one')));
    assert.equal(failed.success, false);
    assert.equal(failed.code, 'already_exists');
  });
  await world.claim('HTTP shows the command that came over NATS', async () => {
    const status = await tidings.client.get(`/commands/${sent.command_id}`);
    assert.deepEqual(status.json, outcome);
  });
  await world.claim('with no time to wait the answer is pending', async () => {
    const pending = await ask(connection, 'commands.CreateLocation', command('CreateLocation', town('three')), { timeout: 0 });
    assert.equal(pending.success, null);
    assert.equal(pending.status, 'pending');
  });
});

test('an envelope that is wrong gets an error envelope that names the place', async (world) => {
  const { connection } = await start(world);
  const good = command('CreateLocation', town('x'));
  const without = (name) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
  for (const field of Object.keys(good)) {
    await world.claim(`${field} is missing`, async () => {
      const answer = await ask(connection, 'commands.CreateLocation', without(field));
      assert.equal(answer.success, false);
      assert.equal(answer.payload, null);
      assert.equal(answer.error, `Invalid request format: expected '${field}' field`);
      assert.equal(answer.errors[0].pointer, `/${field}`);
    });
  }
  for (const field of ['command_type', 'command_id', 'service_id', 'timestamp']) {
    await world.claim(`${field} is too long or no text`, async () => {
      for (const value of ['a'.repeat(300), 7]) {
        const answer = await ask(connection, 'commands.CreateLocation', { ...good, [field]: value });
        assert.equal(answer.success, false);
        assert.equal(answer.errors[0].pointer, `/${field}`);
      }
    });
  }
  const broken = {
    'no JSON': '{', 'duplicate keys': '{"command_type":"A","command_type":"B"}', 'no UTF-8': Uint8Array.of(0x22, 0xff, 0x22), empty: '',
  };
  for (const [what, body] of Object.entries(broken)) {
    await world.claim(what, async () => {
      const answer = await ask(connection, 'commands.CreateLocation', body);
      assert.equal(answer.success, false);
      assert.equal(answer.code, 'malformed_request');
      assert.match(answer.error, /\S/);
    });
  }
  await world.claim('a type that is not the subject\'s', async () => {
    const answer = await ask(connection, 'commands.CreateLocation', { ...good, command_type: 'Other' });
    assert.equal(answer.errors[0].pointer, '/command_type');
  });
  await world.claim('a payload that breaks the schema names the JSON pointer', async () => {
    const answer = await ask(connection, 'commands.CreateLocation', command('CreateLocation', { ...town('x'), name: 7 }));
    assert.equal(answer.code, 'schema_violation');
    assert.equal(answer.errors[0].pointer, '/name');
  });
});

test('types that no model declares go to services elsewhere', async (world) => {
  const { connection, tidings } = await start(world);
  const reply = (subject, make) => {
    connection.subscribe(subject, { callback: (error, msg) => make(JSON.parse(text.decode(msg.data)), (body) => msg.respond(text.encode(JSON.stringify(body)))) });
    return connection.flush();
  };
  const envelope = (request, more) => ({ success: true, command_id: request.command_id, timestamp: new Date().toISOString(), payload: { at: 'home' }, error: null, ...more });
  await world.claim('nobody there: 503 at once', async () => {
    const problem = checkProblem(await tidings.client.command('Unheard', {}, { wait: 5 }), 503, 'no_handler');
    assert.equal(problem.detail, 'No handler available for commands.Unheard');
  });
  await world.claim('the envelope goes out and comes back', async () => {
    let seen;
    await reply('commands.Elsewhere', (request, respond) => respond(envelope((seen = request))));
    const answer = await tidings.client.command('Elsewhere', { a: 1 }, { wait: 5 });
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(seen), ['command_type', 'command_id', 'service_id', 'timestamp', 'payload']);
    assert.deepEqual(answer.json.payload, { at: 'home' });
  });
  await world.claim('a refusal is 422, a conflict 409', async () => {
    await reply('commands.Refused', (request, respond) => respond(envelope(request, { success: false, payload: null, error: 'No' })));
    assert.equal((await tidings.client.command('Refused', {}, { wait: 5 })).status, 422);
    await reply('commands.Taken', (request, respond) => respond(envelope(request, { success: false, payload: null, error: 'No', code: 'already_exists' })));
    assert.equal((await tidings.client.command('Taken', {}, { wait: 5 })).status, 409);
  });
  await world.claim('silence: 504 at the deadline', async () => {
    await reply('commands.Silent', () => {});
    const problem = checkProblem(await tidings.client.command('Silent', {}, { wait: 1 }), 504, 'handler_timeout');
    assert.equal(problem.detail, 'Command request timeout after 1000ms');
  });
  await world.claim('a query goes out with the time and the trace of its client', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    let trace;
    connection.subscribe('queries.Distant', { callback: (error, msg) => {
      trace = msg.headers?.get('traceparent');
      const { query_id, payload } = JSON.parse(text.decode(msg.data));
      setTimeout(() => msg.respond(text.encode(JSON.stringify({ success: true, query_id, timestamp: new Date().toISOString(), payload, error: null }))), 1200);
    } });
    await connection.flush();
    const patient = await tidings.client.get('/queries/Distant?a=1', { headers: { prefer: 'wait=5', traceparent } });
    assert.equal(patient.status, 200, patient.text);
    assert.equal(trace, traceparent);
    const problem = checkProblem(await tidings.client.get('/queries/Distant', { headers: { prefer: 'wait=1' } }), 504, 'handler_timeout');
    assert.equal(problem.detail, 'Query request timeout after 1000ms');
  });
  await world.claim('an answer that is no envelope: 502', async () => {
    await reply('commands.Odd', (request, respond) => respond({ hello: 'world' }));
    checkProblem(await tidings.client.command('Odd', {}, { wait: 5 }), 502, 'bad_reply');
  });
  await world.claim('an acknowledgement of a stream: 502 with its own code', async () => {
    await reply('commands.Captured', (request, respond) => respond({ stream: 'BAD', seq: 1 }));
    checkProblem(await tidings.client.command('Captured', {}, { wait: 5 }), 502, 'subject_captured');
  });
});
