// SPDX-License-Identifier: MIT
// Everything a client can do wrong over HTTP, and that the next request is served all the same.
import assert from 'node:assert/strict';
import { checkCompleted, checkProblem, town } from './lib/contract.mjs';
import { RawConnection } from './lib/http.mjs';
import { test } from './lib/world.mjs';

const post = (client, body, headers = {}) => client.request('POST', '/commands/CreateLocation', { body, headers });

test('each error says what is wrong, in the same form', async (world) => {
  const tidings = await world.tidings();
  const { client } = tidings;

  await world.claim('broken JSON: 400', async () => {
    for (const body of ['', '{', '{"name":}', '{"name":"x"} tail', '\u0000', '{"name":"\\ud800"}', Buffer.from('{"name":"\xff"}', 'latin1')])
      checkProblem(await post(client, body), 400, 'malformed_request');
  });

  await world.claim('a key given twice: 400 that points at it', async () => {
    const problem = checkProblem(await post(client, '{"name":"a","name":"b","category":"Town"}'), 400, 'malformed_request');
    assert.equal(problem.errors[0].pointer, '/name');
  });

  await world.claim('JSON nested too deeply: 400', async () => {
    checkProblem(await post(client, '['.repeat(100_000)), 400, 'malformed_request');
    checkProblem(await post(client, `{"name":${'['.repeat(100)}${']'.repeat(100)}}`), 400, 'malformed_request');
  });

  await world.claim('what the schema forbids: 422 with a pointer', async () => {
    const wrong = checkProblem(await client.command('CreateLocation', town('Oslo', { category: 'Moon' })), 422, 'schema_violation');
    assert.ok(wrong.errors.some((error) => error.pointer === '/category'), JSON.stringify(wrong.errors));
    const missing = checkProblem(await client.command('CreateLocation', { category: 'Town' }), 422, 'schema_violation');
    assert.ok(missing.errors.some(({ pointer, message }) => pointer === '/name' && message === 'is required'), JSON.stringify(missing.errors));
    checkProblem(await client.command('CreateLocation', []), 422, 'schema_violation');
  });

  await world.claim('not JSON by its own word, or compressed: 415', async () => {
    const body = JSON.stringify(town('Bern'));
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'])
      checkProblem(await post(client, body, { 'content-type': type }), 415, 'unsupported_media_type');
    checkProblem(await post(client, body, { 'content-encoding': 'gzip' }), 415, 'unsupported_media_type');
    checkCompleted(await post(client, body, { 'content-type': 'application/json; charset=utf-8', prefer: 'wait=5' }));
  });

  await world.claim('a body above the limit: 413, below it is read', async () => {
    const limit = 1024 * 1024;
    checkProblem(await post(client, 'x'.repeat(limit + 1)), 413, 'payload_too_large');
    checkProblem(await post(client, `${' '.repeat(900 * 1024)}{}`), 422, 'schema_violation');
    // The length alone decides: no byte of the body has to come.
    const raw = await RawConnection.open(tidings.origin);
    raw.write(`POST /commands/CreateLocation HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${limit + 1}\r\n\r\n`);
    checkProblem((await raw.responses(1))[0], 413, 'payload_too_large');
    await raw.closed();
  });

  await world.claim('a head above the limit: 431, a target above it: 414', async () => {
    checkProblem(await client.get('/healthz', { headers: { 'x-padding': 'p'.repeat(9 * 1024) } }), 431, 'head_too_large');
    checkProblem(await client.get(`/locations/${'l'.repeat(5 * 1024)}`), 414, 'uri_too_long');
  });

  await world.claim('nothing there: 404', async () => {
    for (const path of ['/nowhere', '/commands', '/locations/unknown', '/queries/GetLocation?id=unknown'])
      checkProblem(await client.get(path), 404, 'not_found');
  });

  await world.claim('an unknown and an impossible command id get the same bytes', async () => {
    const unknown = await client.get('/commands/cmd-00000000-0000-4000-8000-000000000000');
    const problem = checkProblem(unknown, 404, 'not_found');
    assert.equal(problem.instance, '/commands/cmd-00000000-0000-4000-8000-000000000000');
    const { instance: _, trace_id: __, ...rest } = problem;
    const other = checkProblem(await client.get('/commands/cmd-11111111-0000-4000-8000-000000000000'), 404, 'not_found');
    assert.deepEqual({ ...other, instance: undefined, trace_id: undefined }, { ...rest, instance: undefined, trace_id: undefined });
  });

  await world.claim('another method: 405 that says which', async () => {
    for (const [method, path, allowed] of [
      ['PUT', '/commands/CreateLocation', /POST/],
      ['DELETE', '/queries/GetLocation', /GET.*POST|POST.*GET/],
      ['POST', '/healthz', /GET/],
      ['TRACE', '/healthz', /GET/],
      ['BREW', '/readyz', /GET/],
      ['DELETE', '/locations', /POST/],
    ]) {
      const answer = await client.request(method, path);
      checkProblem(answer, 405, 'method_not_allowed');
      assert.match(answer.headers.allow, allowed);
    }
  });

  await world.claim('a type nobody handles: 503 no_handler', async () => {
    const command = checkProblem(await client.command('CreateUserCommand', { name: 'Ada' }, { wait: 5 }), 503, 'no_handler');
    assert.equal(command.detail, 'No handler available for commands.CreateUserCommand');
    const query = checkProblem(await client.query('GetUserQuery', { id: '1' }), 503, 'no_handler');
    assert.equal(query.detail, 'No handler available for queries.GetUserQuery');
  });

  await world.claim('names that could bend a subject: 400, never forwarded', async () => {
    for (const name of ['a.b', '*', '%3E', 'a%20b', 'a%0d%0ab', 'x'.repeat(65), '%C3%A9', '$SYS']) {
      const answer = await client.command(name, {});
      assert.ok([400, 404].includes(answer.status), `${name}: ${answer.status}`);
      checkProblem(answer, answer.status);
    }
    checkProblem(await client.command('CreateLocation', town('x', { id: 'a.b' }), { wait: 5 }), 422, 'schema_violation');
  });

  await world.claim('nothing of it disturbed an ordinary request', async () => {
    checkCompleted(await client.command('CreateLocation', town('Canary'), { wait: 5 }));
  });
});

test('one connection carries many requests, in order', async (world) => {
  const { client, origin } = await world.tidings();

  await world.claim('pipelined requests are answered in the order they were sent', async () => {
    const raw = await RawConnection.open(origin);
    const one = (name) => {
      const body = JSON.stringify(town(name));
      return `POST /commands/CreateLocation HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=5\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    };
    const names = Array.from({ length: 30 }, (_, i) => `P${i}`);
    raw.write(names.map((name) => `${one(name)}GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
    const answers = await raw.responses(60);
    for (const [i, name] of names.entries()) {
      assert.equal(checkCompleted(answers[2 * i]).payload.name, name);
      checkProblem(answers[2 * i + 1], 404, 'not_found');
    }
    raw.destroy();
  });

  await world.claim('an error in one does not end the connection', async () => {
    const raw = await RawConnection.open(origin);
    raw.write('POST /commands/CreateLocation HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{');
    raw.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [bad, good] = await raw.responses(2);
    checkProblem(bad, 400, 'malformed_request');
    assert.equal(good.status, 200);
    raw.destroy();
  });

  await world.claim('HEAD has the head of GET and no body', async () => {
    const raw = await RawConnection.open(origin);
    raw.write('HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [head] = await raw.responses(1, { bodyless: true });
    raw.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [get] = await raw.responses(1);
    assert.equal(head.status, 200);
    assert.equal(head.headers['content-length'], get.headers['content-length']);
    assert.equal(head.headers['content-type'], get.headers['content-type']);
    raw.destroy();
  });

  await world.claim('Connection: close and HTTP/1.0 end it', async () => {
    for (const request of ['GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 'GET /healthz HTTP/1.0\r\n\r\n']) {
      const raw = await RawConnection.open(origin);
      raw.write(request);
      const [answer] = await raw.responses(1);
      assert.equal(answer.status, 200);
      await raw.closed();
    }
  });

  await world.claim('a chunked body is read', async () => {
    const raw = await RawConnection.open(origin);
    const body = JSON.stringify(town('Chunked'));
    const half = body.length >> 1;
    const chunk = (text) => `${text.length.toString(16)}\r\n${text}\r\n`;
    raw.write('POST /commands/CreateLocation HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=5\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
    raw.write(`${chunk(body.slice(0, half))}${chunk(body.slice(half))}0\r\n\r\n`);
    const [answer] = await raw.responses(1);
    assert.equal(checkCompleted(answer).payload.name, 'Chunked');
    raw.destroy();
  });

  await world.claim('100-continue is honoured', async () => {
    const raw = await RawConnection.open(origin);
    const body = JSON.stringify(town('Expected'));
    raw.write(`POST /commands/CreateLocation HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=5\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`);
    const [go] = await raw.responses(1, { bodyless: true });
    assert.equal(go.status, 100);
    raw.write(body);
    const [answer] = await raw.responses(1);
    assert.equal(checkCompleted(answer).payload.name, 'Expected');
    raw.destroy();
  });

  await world.claim('the gateway is as it was', async () => {
    assert.equal((await client.get('/healthz')).status, 200);
  });
});

test('ambiguous framing is refused, and what hides behind it is never executed', async (world) => {
  const { client, origin } = await world.tidings();
  const hidden = JSON.stringify(town('Smuggled', { id: 'smuggled' }));
  const smuggled = `POST /commands/CreateLocation HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`;
  const head = (...lines) => `POST /commands/CreateLocation HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${lines.join('\r\n')}\r\n\r\n`;
  const cases = {
    'Content-Length with Transfer-Encoding': head('Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n',
    'two lengths': head('Content-Length: 2', 'Content-Length: 3') + '{}',
    'a list of lengths': head('Content-Length: 2, 2') + '{}',
    'a signed length': head('Content-Length: +2') + '{}',
    'a negative length': head('Content-Length: -1'),
    'a length that overflows': head('Content-Length: 99999999999999999999') + '{}',
    'a coding other than chunked': head('Transfer-Encoding: gzip') + '{}',
    'chunked not last': head('Transfer-Encoding: chunked, gzip') + '0\r\n\r\n',
    'chunked twice': head('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked') + '0\r\n\r\n',
    'HTTP/1.0 with a coding': head('Transfer-Encoding: chunked').replace('HTTP/1.1', 'HTTP/1.0') + '0\r\n\r\n',
    'a chunk size with 0x': head('Transfer-Encoding: chunked') + '0x2\r\n{}\r\n0\r\n\r\n',
    'a space before the colon': head('Content-Length : 2') + '{}',
    'a folded header': head('X-Folded: a\r\n b', 'Content-Length: 2') + '{}',
    'NUL in a header': head('X-Nul: a\0b', 'Content-Length: 2') + '{}',
    'no Host': 'GET /healthz HTTP/1.1\r\n\r\n',
    'two Hosts': 'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  };
  for (const [title, bytes] of Object.entries(cases)) {
    await world.claim(`${title}: refused and closed`, async () => {
      const raw = await RawConnection.open(origin);
      raw.write(Buffer.from(bytes + smuggled, 'latin1'));
      const [answer] = await raw.responses(1);
      assert.ok([400, 413, 501].includes(answer.status), `${answer.status} ${answer.text}`);
      checkProblem(answer, answer.status);
      await raw.closed();
      assert.equal(raw.received.length, 0, raw.received.toString('latin1'));
    });
  }

  await world.claim('no hidden request took effect', async () => {
    checkCompleted(await client.command('CreateLocation', town('Canary'), { wait: 5 }));
    checkProblem(await client.get('/locations/smuggled'), 404, 'not_found');
  });
});
