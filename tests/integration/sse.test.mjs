// SPDX-License-Identifier: MIT
// Event streams: what they carry, byte for byte, and who is cut from them.
import assert from 'node:assert/strict';
import { headers as natsHeaders } from 'nats';
import { checkCompleted, checkPending, town } from './lib/contract.mjs';
import { RawConnection } from './lib/http.mjs';
import { scrape } from './lib/prometheus.mjs';
import { eventSource, newSession, ownerOf, Stream } from './lib/streams.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const idsAreSafe = (stream) => {
  for (const { id } of stream.events) if (id !== undefined) assert.match(id, /^[0-9]{1,20}$/);
};

test('an outcome is one document, however it is asked for', async (world) => {
  const { client, origin } = await world.tidings({ args: ['--demo'] });
  const { session, headers } = await newSession(client);
  const owner = world.adopt(await Stream.open(origin, '/events', { session }));
  assert.equal(owner.status, 200);

  await world.claim('in the stalled body, by GET, and in both streams', async () => {
    const answer = await client.command('CreateLocation', town('Ghent é ☃'), { wait: 5, headers });
    const { command_id: id } = checkCompleted(answer, 'CreateLocation');
    const again = await client.get(`/commands/${id}`, { headers });
    assert.equal(again.text, answer.text);
    const event = await owner.find('the outcome', ({ data }) => data.includes(id));
    assert.equal(event.data, answer.text);
    assert.equal(event.event, 'completed');
    const own = world.adopt(await Stream.open(origin, `/commands/${id}/events`, { session }));
    await own.end();
    assert.deepEqual(own.events.map(({ event: type, data, id: at }) => [type, data, at]), [['completed', answer.text, event.id]]);
  });

  await world.claim('a wait can be attached again, any number of times', async () => {
    const slow = { ...headers, 'tidings-delay-ms': '1500' };
    const pending = checkPending(await client.command('CreateLocation', town('Slow'), { headers: slow }), 'CreateLocation');
    const path = `/commands/${pending.command_id}`;
    const early = await Promise.all([0, 1, 1].map((wait) => client.get(path, { headers: { ...headers, prefer: `wait=${wait}` } })));
    for (const answer of early) assert.equal(answer.json.status, 'pending');
    const late = await Promise.all(Array.from({ length: 40 }, () => client.get(path, { headers: { ...headers, prefer: 'wait=20' } })));
    assert.equal(new Set(late.map((answer) => answer.text)).size, 1);
    assert.equal(late[0].json.status, 'completed');
    assert.equal((await client.get(path, { headers })).text, late[0].text);
    assert.equal((await owner.find('the outcome', ({ data }) => data.includes(pending.command_id))).data, late[0].text);
  });

  await world.claim('a rejection is told the same way', async () => {
    const answer = await client.command('RenameLocation', { id: 'nobody', name: 'x' }, { wait: 5, headers });
    assert.equal(answer.status, 409);
    const event = await owner.find('the rejection', ({ data }) => data === answer.text);
    assert.equal(event.event, 'failed');
  });
});

test("a command's stream says pending, then the outcome, and ends", async (world) => {
  const { client, origin } = await world.tidings({ args: ['--demo'] });
  const { session, headers } = await newSession(client);
  const slow = { ...headers, 'tidings-delay-ms': '700' };

  await world.claim('read byte for byte', async () => {
    const { command_id: id } = checkPending(await client.command('CreateLocation', town('Slow'), { headers: slow }));
    const stream = world.adopt(await Stream.open(origin, `/commands/${id}/events`, { session }));
    await stream.end();
    assert.deepEqual(stream.events.map(({ event }) => event), ['pending', 'completed']);
    assert.equal(stream.events[0].id, undefined, 'a pending event is no position');
    assert.equal(stream.events[1].data, (await client.get(`/commands/${id}`, { headers })).text);
    const after = await Stream.open(origin, `/commands/${id}/events`, { session, lastEventId: stream.events[1].id });
    await after.end();
    assert.equal(after.status, 204);
    assert.equal(after.text, '');
  });

  await world.claim('an EventSource sees both and then stays away', async () => {
    const { command_id: id } = checkPending(await client.command('CreateLocation', town('Slow too'), { headers: slow }));
    const source = world.adopt(eventSource(`${origin}/commands/${id}/events`, { session }));
    await eventually('EventSource gives up', () => source.client.readyState === source.client.CLOSED, { deadline: 15_000 });
    assert.deepEqual(source.events.map(({ type }) => type), ['pending', 'completed']);
    assert.equal(source.requests.length, 2);
    assert.equal(source.errors.at(-1).code, 204);
  });
});

test('streams keep the rules of text/event-stream', async (world) => {
  const { client, origin } = await world.tidings();
  const { session, headers } = await newSession(client);
  const stream = world.adopt(await Stream.open(origin, '/events', { session }));

  await world.claim('the head says what it is, and that nobody is to keep or change it', () => {
    assert.equal(stream.headers['content-type'], 'text/event-stream');
    assert.equal(stream.headers['cache-control'], 'no-cache, no-transform');
    assert.equal(stream.headers['x-accel-buffering'], 'no');
  });

  await world.claim('a comment first, digits after retry, a blank line at the end, no BOM, no NUL', async () => {
    for (const name of ['one', 'two ☃']) await client.command('CreateLocation', town(name), { wait: 5, headers });
    await stream.take(2);
    const { text } = stream;
    assert.match(text, /^: tidings\n\n/);
    assert.match(text, /^retry: \d+$/m);
    assert.match(text, /^id: \d+\n\n/m, 'a place to resume from before the first event');
    assert.ok(text.endsWith('\n\n'));
    assert.ok(!/[\0\ufeff\r]/.test(text));
    assert.deepEqual(stream.errors, []);
    assert.ok(stream.retries.length === 1 && stream.retries[0] >= 1000 && stream.retries[0] <= 3000);
    idsAreSafe(stream);
    for (const line of text.split('\n')) assert.match(line, /^($|: |retry: \d+$|id: \d{1,128}$|event: [a-z]+$|data: \{.*\}$)/);
  });

  await world.claim('/events without a session is nobody\'s', async () => {
    const refused = await Stream.open(origin, '/events');
    await refused.end();
    assert.equal(refused.status, 401);
  });
});

test('nothing that comes from outside begins a field of its own', async (world) => {
  const nats = await world.natsServer();
  const { client, origin } = await world.tidings({ nats: nats.url });
  const { session, headers } = await newSession(client);
  const stream = world.adopt(await Stream.open(origin, '/events', { session }));
  const evil = 'x\r\nid: 666\r\nevent: evil\r\n\r\ndata: y\n\nretry: 1\u2028';

  await world.claim('in a payload; NUL does not even come in', async () => {
    assert.equal((await client.command('CreateLocation', town(`${evil}\0`), { wait: 5, headers })).status, 400);
    const made = checkCompleted(await client.command('CreateLocation', town(evil, { description: evil }), { wait: 5, headers }));
    assert.equal(made.payload.name, evil);
    const event = await stream.find('the outcome', ({ data }) => data.includes(made.command_id));
    assert.equal(JSON.parse(event.data).payload.description, evil);
  });

  await world.claim('in a trace and a position', async () => {
    await client.command('CreateLocation', town('Traced'), { wait: 5, headers: { ...headers, traceparent: '00-evil id: 7' } });
    const gap = world.adopt(await Stream.open(origin, `/events?last_event_id=${encodeURIComponent(`${evil}\0`)}`, { session }));
    const [event] = await gap.take(1);
    assert.equal(event.event, 'gap');
    assert.equal(JSON.parse(event.data).last_event_id, `${evil}\0`);
    assert.equal(gap.events.length, 1);
  });

  await world.claim('in the key of a live query', async () => {
    const live = world.adopt(await Stream.open(origin, `/queries/GetLocation?id=${encodeURIComponent(evil)}`));
    const [event] = await live.take(1);
    assert.equal(event.event, 'result');
    assert.equal(JSON.parse(event.data).success, false);
  });

  await world.claim('in a notification that somebody else stored', async () => {
    const spy = await world.spy(nats.url);
    const fields = natsHeaders();
    fields.set('Tidings-Status', 'completed');
    await spy.jetstream().publish(`notifications.${ownerOf(session)}.cmd-evil`, `{"a":1}\r\nid: 666\r\n\r\nevent: evil\n\n{"b":2}`, { headers: fields });
    const event = await stream.find('the forged outcome', ({ data }) => data.includes('"b":2'));
    assert.equal(event.data, '{"a":1}\nid: 666\n\nevent: evil\n\n{"b":2}');
  });

  assert.ok(!stream.events.some(({ event, id }) => event === 'evil' || id === '666'));
  assert.deepEqual(stream.errors, []);
  idsAreSafe(stream);
});

test('a reader that does not read is cut, and can resume', async (world) => {
  const nats = await world.natsServer();
  const { client, origin } = await world.tidings({ nats: nats.url });
  const { session } = await newSession(client);
  const spy = await world.spy(nats.url);
  const js = spy.jetstream();
  const fields = natsHeaders();
  fields.set('Tidings-Status', 'completed');
  const filler = 'x'.repeat(100_000);
  const slow = await RawConnection.open(origin);
  world.adopt({ close: () => slow.destroy() });
  slow.write(`GET /events HTTP/1.1\r\nhost: localhost\r\ntidings-session: ${session}\r\n\r\n`);
  await eventually('the stream begins', () => slow.received.includes('retry:'));
  slow.socket.pause();
  const quick = world.adopt(await Stream.open(origin, '/events', { session }));
  const count = 150;
  for (let i = 0; i < count; i += 1) {
    await js.publish(`notifications.${ownerOf(session)}.cmd-${i}`, JSON.stringify({ i, filler }), { headers: fields });
    // The quick reader keeps up, so only the one that does not read can be cut.
    await quick.take(i + 1);
  }
  slow.socket.resume();
  await slow.closed();
  assert.equal((await scrape(client)).value('tidings_http_connections_cut_total'), 1);
  const text = slow.received.toString('utf8');
  const got = [...text.matchAll(/^data: \{"i":(\d+),.*\}\n\n/gm)].map((match) => Number(match[1]));
  assert.ok(got.length < count, `${got.length} of ${count}`);
  const complete = text.slice(0, text.lastIndexOf('\n\n') + 2);
  const position = [...complete.matchAll(/^id: (\d+)$/gm)].at(-1)[1];
  const resumed = world.adopt(await Stream.open(origin, '/events', { session, lastEventId: position }));
  await resumed.take(count - got.length);
  const rest = resumed.events.map(({ data }) => JSON.parse(data).i);
  assert.deepEqual([...got, ...rest], Array.from({ length: count }, (_, i) => i));
});
