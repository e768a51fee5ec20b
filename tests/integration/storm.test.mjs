// SPDX-License-Identifier: MIT
// All event streams of a gateway that died come back to the next one in the same moment: `make storm` with 10,000 of them.
import assert from 'node:assert/strict';
import net from 'node:net';
import { town } from './lib/contract.mjs';
import { scrape } from './lib/prometheus.mjs';
import { residentBytes } from './lib/processes.mjs';
import { newSession } from './lib/streams.mjs';
import { eventually, slowdown, within } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const count = Number(process.env.STORM_CLIENTS ?? Math.ceil(2000 / slowdown));
const missed = 2; // outcomes of each while it was away
const bound = 10_000;

/** One client's event stream, read with as little as possible: thousands share this process with the test. */
class Listener {
  position;
  events = [];

  constructor(session) {
    this.session = session;
  }

  open(origin) {
    const { hostname, port } = new URL(origin);
    this.rest = '';
    this.ended = false;
    this.begun = false;
    this.socket = net.connect(Number(port), hostname);
    this.socket.on('error', () => {});
    this.socket.on('close', () => (this.ended = true));
    this.socket.write(`GET /events HTTP/1.1\r\nhost: ${hostname}\r\ntidings-session: ${this.session}\r\n`
      + `${this.position ? `last-event-id: ${this.position}\r\n` : ''}\r\n`);
    this.socket.on('data', (chunk) => this.#read(chunk.toString('latin1')));
  }

  #read(text) {
    this.begun = true;
    this.rest += text;
    const end = this.rest.lastIndexOf('\n\n');
    if (end < 0) return;
    for (const block of this.rest.slice(0, end).split('\n\n')) {
      const id = /^id: (\d+)$/m.exec(block);
      if (id) this.position = id[1];
      const event = /^event: (\w+)$/m.exec(block);
      if (event) this.events.push({ event: event[1], id: id?.[1], data: /^data: (.*)$/m.exec(block)?.[1] });
    }
    this.rest = this.rest.slice(end + 2);
  }

  close() {
    this.socket?.destroy();
  }
}

/** Calls `each` for all of `items`, some at a time. */
async function all(items, each, atATime = 200) {
  const queue = items.entries();
  await Promise.all(Array.from({ length: atATime }, async () => {
    for (const [i, item] of queue) await each(item, i);
  }));
}

test(`${count} event streams come back at once`, async (world) => {
  const nats = await world.natsServer();
  const first = await world.tidings({ nats: nats.url });
  const second = await world.tidings({ nats: nats.url, args: ['--roles', 'gateway'] });
  const listeners = [];
  world.adopt({ close: () => listeners.forEach((x) => x.close()) });
  await all(Array.from({ length: count }), async () => listeners.push(new Listener((await newSession(second.client)).session)));

  await world.claim('all are connected and have their place', async () => {
    await all(listeners, async (x) => {
      x.open(second.origin);
      await eventually('a place', () => x.position, { every: 5 });
    });
  });

  await second.kill();
  await eventually('all have lost their connection', () => listeners.every((x) => x.ended));
  const expected = new Map();
  await all(listeners, async (x) => {
    for (let i = 0; i < missed; i += 1) {
      const answer = await first.client.command('CreateLocation', town(`missed ${i}`), { wait: 20, headers: { 'tidings-session': x.session } });
      assert.equal(answer.status, 200, answer.text);
      expected.set(answer.json.command_id, answer.text);
    }
  }, 64);

  const third = await world.tidings({ nats: nats.url, args: ['--roles', 'gateway'] });
  const before = residentBytes(third.child.pid);
  await world.claim(`all have what they missed within ${bound / 1000} s`, async () => {
    const start = performance.now();
    for (const x of listeners) x.open(third.origin);
    let half;
    await eventually('everybody has its outcomes', () => {
      const back = listeners.filter((x) => x.events.length >= missed).length;
      if (back >= count / 2) half ??= performance.now() - start;
      return back === count;
    }, { deadline: bound, every: 10 });
    const took = performance.now() - start;
    console.log(`${count} streams with ${missed} missed outcomes each: half are back after ${half.toFixed(0)} ms, all after ${took.toFixed(0)} ms; `
      + `${((residentBytes(third.child.pid) - before) / count / 1024).toFixed(1)} KiB a stream`);
    assert.ok(took < within(bound));
  });

  await world.claim('exactly what they missed, in order, and nobody else\'s', () => {
    const told = new Set();
    for (const x of listeners) {
      assert.equal(x.events.length, missed);
      assert.ok(Number(x.events[0].id) < Number(x.events[1].id));
      for (const { event, data } of x.events) {
        assert.equal(event, 'completed');
        const { command_id: id } = JSON.parse(data);
        assert.equal(data, expected.get(id));
        assert.ok(!told.has(id), 'told once');
        told.add(id);
      }
    }
    assert.equal(told.size, count * missed);
  });

  await world.claim('without a walk through the stream for each, and without a consumer for each', async () => {
    const now = await scrape(third.client);
    assert.equal(now.value('tidings_event_resumes_total', { from: 'stream' }), 0);
    assert.equal(now.value('tidings_event_streams', { kind: 'owner' }), count);
    const spy = await world.spy(nats.url);
    const { state } = await (await spy.jetstreamManager()).streams.info('NOTIFICATIONS');
    assert.ok(state.consumer_count <= 4, `${state.consumer_count} consumers of NOTIFICATIONS`);
  });

  await world.claim('and go on live', async () => {
    const sample = listeners.filter((_, i) => i % Math.ceil(count / 50) === 0);
    await all(sample, (x) => third.client.command('CreateLocation', town('live'), { wait: 20, headers: { 'tidings-session': x.session } }));
    await eventually('the live ones', () => sample.every((x) => x.events.length === missed + 1));
  });
});
