// SPDX-License-Identifier: MIT
// THREATS.md H18-H20: whatever byte stands in a type, an id or a header, no unexpected subject or header is ever published.
import assert from 'node:assert/strict';
import net from 'node:net';
import { StringCodec } from 'nats';
import { within } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const text = StringCodec();
const expected = /^(commands\.(\d+\.[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{1,64}|[A-Za-z0-9_-]{1,64})|queries\.[A-Za-z0-9_-]{1,64}|notifications\.[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{1,64}|\$KV\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{1,64}|\$JS\..*|\$SRV\..*|_INBOX\.[A-Za-z0-9._]+)$/;
const ownHeaders = /^(Nats-|Tidings-(Owner|Key|Digest|Status|Code|Timing|Command-Id|Position|Expires|Expected-Revision)$|KV-Operation$|traceparent$|Status$|Description$)/i;

/** One raw request on a connection of its own; resolves with the status, 0 for a connection that was closed without one. */
function raw(port, bytes) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    let seen = '';
    socket.setTimeout(within(20_000), () => socket.destroy());
    socket.on('data', (x) => { seen += x.toString('latin1'); });
    socket.on('error', () => {});
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(seen)?.[1] ?? 0)));
  });
}

const request = (path, body, more = '') => Buffer.concat([
  Buffer.from(`POST /commands/`), path, Buffer.from(` HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n${more}Content-Length: ${body.length}\r\n\r\n`), body]);

function* placed(byte) {
  const b = Buffer.from([byte]);
  for (const [before, after] of [['', 'Create'], ['Cre', 'ate'], ['Create', '']]) yield Buffer.concat([Buffer.from(before), b, Buffer.from(after)]);
}

test('every byte in types, ids, keys and headers', async (world) => {
  const nats = await world.natsServer();
  const tidings = await world.tidings({ nats: nats.url });
  const port = Number(new URL(tidings.origin).port);
  const connection = await world.spy(nats.url);
  const odd = [];
  connection.subscribe('>', { callback: (error, msg) => {
    if (!expected.test(msg.subject)) odd.push(`subject ${JSON.stringify(msg.subject)}`);
    if (msg.subject.startsWith('$JS.') || msg.subject.startsWith('_INBOX.')) return;
    for (const name of msg.headers?.keys() ?? []) if (!ownHeaders.test(name)) odd.push(`header ${name} on ${msg.subject}`);
  } });
  await connection.flush();
  const good = Buffer.from(JSON.stringify({ name: 'Ghent', category: 'City', description: 'x' }));
  const clean = (where) => assert.deepEqual(odd.splice(0), [], where);

  await world.claim('in the command type of a path: only letters, digits, "_" and "-" pass', async () => {
    // An unknown type is forwarded, and the spy counts as somebody who listens: those end with the deadline, 504.
    const one = async (byte, type) => {
      const status = await raw(port, request(type, good, 'Prefer: wait=1\r\n'));
      const character = String.fromCharCode(byte);
      const possible = /^[A-Za-z0-9_-]$/.test(character) ? [504] : character === '?' ? [400, 504] : [400, 404, 405];
      assert.ok(possible.includes(status), `byte ${byte}: ${status}`);
    };
    await Promise.all(Array.from({ length: 256 }, (_, byte) => [...placed(byte)].map((type) => one(byte, type))).flat());
    clean('type');
  });

  await world.claim('in the key of a document', async () => {
    for (let byte = 0; byte < 256; byte += 1) {
      for (const id of placed(byte)) {
        const body = Buffer.concat([Buffer.from('{"name":"G","category":"City","description":"x","id":"'), id, Buffer.from('"}')]);
        const status = await raw(port, request(Buffer.from('CreateLocation'), body, 'Prefer: wait=5\r\n'));
        const allowed = /^[A-Za-z0-9_-]$/.test(String.fromCharCode(byte));
        if (!allowed) assert.ok([400, 422].includes(status), `byte ${byte}: ${status}`);
        else assert.ok([200, 409].includes(status), `byte ${byte}: ${status}`);
      }
    }
    clean('key');
  });

  await world.claim('in the key that a query asks for, and in its type, raw and escaped', async () => {
    const one = async (path, byte, before, after, escaped) => {
      const written = escaped ? Buffer.from(`%${byte.toString(16).padStart(2, '0')}`) : Buffer.from([byte]);
      const status = await raw(port, Buffer.concat([Buffer.from(`GET ${path}${before}`), written, Buffer.from(`${after} HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=1\r\nConnection: close\r\n\r\n`)]));
      // An unknown type of query is asked for elsewhere, and the spy counts as somebody who listens.
      const possible = path === '/queries/' ? 504 : path.startsWith('/events') ? 401 : 404;
      const where = `${path} byte ${byte}, ${escaped ? 'escaped' : 'raw'}: ${status}`;
      if (/^[A-Za-z0-9_-]$/.test(String.fromCharCode(byte))) assert.equal(status, possible, where);
      else assert.ok((status >= 400 && status < 500) || (!escaped && (byte === 0x3f || byte === 0x26) && status === possible), where);
    };
    for (const path of ['/queries/', '/locations/', '/queries/GetLocation?id=', '/commands/', '/events?last_event_id='])
      for (const [escaped, first] of [false, true].flatMap((x) => Array.from({ length: 8 }, (_, i) => [x, 32 * i])))
        await Promise.all(Array.from({ length: 32 }, (_, i) => first + i).map((byte) => [['', 'no'], ['n', 'o'], ['no', '']].map(([before, after]) => one(path, byte, before, after, escaped))).flat());
    clean('query');
  });

  await world.claim('in Idempotency-Key, Tidings-Session and a header that claims to be NATS', async () => {
    for (let byte = 0; byte < 256; byte += 1) {
      const b = String.fromCharCode(byte);
      for (const header of [`Idempotency-Key: a${b}z`, ...[`${b}0123456789012345678901`, `01234567890${b}12345678901`, `0123456789012345678901${b}`].map((session) => `Tidings-Session: ${session}`), `Nats-Msg-Id: a${b}z`, `traceparent: 00-${b}`]) {
        await raw(port, Buffer.from(`POST /commands/CreateLocation HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n${header}\r\nContent-Length: ${good.length}\r\n\r\n${good}`, 'latin1'));
      }
    }
    clean('headers');
  });

  await world.claim('in the ids of an envelope over NATS', async () => {
    const answers = [];
    for (let byte = 0; byte < 256; byte += 1) {
      for (const id of placed(byte)) {
        const body = Buffer.concat([Buffer.from('{"command_type":"CreateLocation","command_id":"'), id,
          Buffer.from(`","service_id":"s","timestamp":"2026-01-01T00:00:00Z","payload":${good}}`)]);
        const answer = JSON.parse(text.decode((await connection.request('commands.CreateLocation', body, { timeout: 5000 })).data));
        if (!/^[A-Za-z0-9_-]$/.test(String.fromCharCode(byte))) {
          assert.equal(answer.success, false, `byte ${byte}`);
          answers.push(answer.code);
        }
      }
    }
    assert.ok(answers.every((x) => ['malformed_request', 'invalid_token'].includes(x)), [...new Set(answers)].join());
    clean('envelope');
  });
});
