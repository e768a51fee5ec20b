// SPDX-License-Identifier: MIT
// Several hundred requests that no honest client sends (lib/vectors.mjs): each gets what it must, nothing hidden in it is
// carried out, and the next client notices nothing.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { checkCompleted, checkProblem, town } from './lib/contract.mjs';
import { RawConnection } from './lib/http.mjs';
import { eventually, slowdown, within } from './lib/wait.mjs';
import { hidden, vectors } from './lib/vectors.mjs';
import { test } from './lib/world.mjs';

const openFiles = (pid) => fs.readdirSync(`/proc/${pid}/fd`).length;
const memory = (pid) => Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/** An ordinary request on a connection of its own. @returns milliseconds. */
async function canary(origin) {
  const began = performance.now();
  const raw = await RawConnection.open(origin);
  raw.write('GET /locations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const [answer] = await raw.responses(1);
  assert.equal(answer.status, 200);
  raw.destroy();
  return performance.now() - began;
}

/** Sends all of it, whether or not the server still reads, and takes the first answer. */
async function provoke(origin, bytes) {
  const raw = await RawConnection.open(origin);
  raw.socket.write(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, 'latin1'));
  const [answer] = await raw.responses(1, { deadline: 3_000 });
  return { raw, answer };
}

test('whatever comes to the door', async (world) => {
  const nats = await world.natsServer();
  const tidings = await world.tidings({ nats: nats.url });
  const { origin, client } = tidings;
  const spy = await world.spy(nats.url);
  const jsm = await spy.jetstreamManager();
  const stored = async () => (await jsm.streams.info('COMMANDS')).state.messages;
  checkCompleted(await client.command('CreateLocation', town('First'), { wait: 5 }));
  await canary(origin);
  client.agent.destroy();
  const before = { stored: await stored(), files: openFiles(tidings.child.pid), memory: memory(tidings.child.pid) };
  assert.ok(vectors.length > 400, `${vectors.length} cases`);
  const waits = [];

  const groups = Map.groupBy ? Map.groupBy(vectors, ([title]) => title.split(' ')[0]) : vectors.reduce((map, x) => {
    const key = x[0].split(' ')[0];
    return map.set(key, [...(map.get(key) ?? []), x]);
  }, new Map());
  for (const [row, cases] of groups)
    await world.claim(`${row}: ${cases.length} cases`, async () => {
      for (const [title, bytes, statuses, end] of cases) {
        const { raw, answer } = await provoke(origin, bytes).catch((error) => assert.fail(`${title}: ${error.message}`));
        assert.ok(statuses.includes(answer.status), `${title}: ${answer.line}`);
        if (answer.status >= 400) checkProblem(answer, answer.status);
        if (!end) {
          assert.equal(answer.headers.connection, 'close', title);
          await raw.closed({ deadline: 3_000 });
          // One answer and no more: what followed was not taken for a request.
          assert.equal(raw.received.length, 0, `${title}: ${raw.received.toString('latin1').slice(0, 200)}`);
        }
        raw.destroy();
        waits.push(await canary(origin).catch((error) => assert.fail(`the canary after ${title}: ${error.message}`)));
      }
    });

  await world.claim('H10 a body of GET or HEAD is not the next request', async () => {
    for (const [method, bodyless] of [['GET', false], ['HEAD', true]])
      for (const framing of [`Content-Length: ${hidden.length}\r\n\r\n${hidden}`, `Transfer-Encoding: chunked\r\n\r\n${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`]) {
        const raw = await RawConnection.open(origin);
        raw.write(`${method} /healthz HTTP/1.1\r\nHost: localhost\r\n${framing}`);
        const [answer] = await raw.responses(1, { bodyless });
        assert.equal(answer.status, 200);
        raw.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
        const [next] = await raw.responses(1);
        assert.ok('ready' in next.json);
        await raw.closed();
        assert.equal(raw.received.length, 0);
      }
  });
  await world.claim('H11 10,000 requests at once: all answers, in order', async () => {
    const raw = await RawConnection.open(origin);
    const count = 10_000;
    raw.write(Array.from({ length: count }, (_, i) => `GET /locations/n${i} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
    const answers = await raw.responses(count, { deadline: 60_000 });
    answers.forEach((answer, i) => assert.equal(answer.json.instance, `/locations/n${i}`));
    raw.destroy();
  });
  await world.claim('H22 nothing comes back as a header of its own', async () => {
    for (const target of ['/commands/x%0d%0aX-Evil:%201', '/locations?sort=%0d%0aX-Evil:1', '/events?last_event_id=%0d%0aX-Evil:1', '/locations/%E5%98%8A%E5%98%8DX-Evil:1']) {
      const { raw, answer } = await provoke(origin, `GET ${target} HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=1\r\nTidings-Session: ${'s'.repeat(32)}\r\n\r\n`);
      assert.equal(answer.headers['x-evil'], undefined);
      raw.destroy();
    }
  });
  await world.claim('the canaries answered in time', () => {
    const sorted = [...waits].sort((a, b) => a - b);
    const [median, last] = [sorted[sorted.length >> 1], sorted.at(-1)];
    console.log(`# ${vectors.length} cases; canaries: median ${median.toFixed(1)} ms, slowest ${last.toFixed(1)} ms`);
    assert.ok(median < within(100), `median ${median} ms`);
    assert.ok(sorted[Math.floor(sorted.length * 0.99)] < within(500), `99 % within ${sorted[Math.floor(sorted.length * 0.99)]} ms`);
  });
  await world.claim('nothing hidden was carried out, and nothing was kept', async () => {
    assert.equal(await stored(), before.stored);
    await eventually(`files as before (${before.files})`, () => openFiles(tidings.child.pid) <= before.files + 2, { deadline: 15_000 });
    // ASan keeps what was freed for a while.
    if (slowdown === 1) assert.ok(memory(tidings.child.pid) < before.memory + 64, `${before.memory} MiB before, ${memory(tidings.child.pid)} now`);
    checkCompleted(await client.command('CreateLocation', town('Last'), { wait: 5 }));
  });
});
