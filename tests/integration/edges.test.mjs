// SPDX-License-Identifier: MIT
// What stands before every request: where it listens, for which hosts and origins, and how much of it one may take.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { checkCompleted, checkProblem, town } from './lib/contract.mjs';
import { Client, RawConnection } from './lib/http.mjs';
import { bearer, Issuer, issuer, audience } from './lib/issuer.mjs';
import { newSession, Stream } from './lib/streams.mjs';
import { Tidings, example, serveArguments } from './lib/tidings.mjs';
import { eventually, pause, slowdown } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('it does not face others without knowing them, unless it is told to', async (world) => {
  const issued = await Issuer.make(world);
  const store = world.directory();
  const refused = async (args, hint) => {
    const tidings = world.launch(['serve', '--listen', '127.0.0.1:0', '--store', store, ...args]);
    assert.equal((await tidings.child.exited(15_000)).code, 2, tidings.child.stderr);
    assert.match(tidings.child.stderr, hint);
    assert.equal(tidings.child.stderr.trimEnd().split('\n').length, 1);
  };
  const jwt = ['--auth', 'jwt', '--jwt-issuer', issuer, '--jwt-audience', audience];

  await world.claim('every address without --auth', () => refused(['--listen', '0.0.0.0:0'], /--allow-anonymous/));
  await world.claim('the same of IPv6', () => refused(['--listen', '[::]:0'], /--allow-anonymous/));
  await world.claim('tokens without keys, issuer or audience', async () => {
    await refused(jwt, /--jwks/);
    await refused(['--auth', 'jwt', '--jwks', issued.file, '--jwt-audience', 'a'], /--jwt-issuer/);
    await refused(['--auth', 'jwt', '--jwks', issued.file, '--jwt-issuer', 'a'], /--jwt-audience/);
  });
  await world.claim('keys that are not there, broken, or secret', async () => {
    await refused([...jwt, '--jwks', '/nonexistent/keys'], /\/nonexistent\/keys/);
    await refused([...jwt, '--jwks', world.file('keys.json', '{}')], /keys\.json is not a JWK Set/);
    await refused([...jwt, '--jwks', world.file('keys.json', '{"keys":[{"kty":"oct","k":"AAAA"}]}')], /\/keys\/0 is a secret/);
  });
  await world.claim('HS256 half chosen, or with a short secret', async () => {
    await refused([...jwt, '--jwt-alg', 'HS256'], /--jwt-secret-file/);
    await refused([...jwt, '--jwt-alg', 'HS256,RS256', '--jwt-secret-file', store], /alone/);
    await refused([...jwt, '--jwks', issued.file, '--jwt-secret-file', world.file('s', 'x'.repeat(40))], /HS256 only/);
    await refused([...jwt, '--jwt-alg', 'HS256', '--jwt-secret-file', world.file('s', 'short')], /fewer than 32 bytes/);
  });
  await world.claim('options that would count for nothing', () => refused(['--jwks', issued.file], /only with --auth jwt/));
  await world.claim('roles in a model that nobody can have', async () => {
    const model = JSON.parse(fs.readFileSync(example('locations'), 'utf8'));
    model.commands.CreateLocation.allow = ['role:editor'];
    await refused(['--model', world.file('m.json', JSON.stringify(model))], /CreateLocation/);
    model.commands.CreateLocation.allow = ['editor'];
    await refused(['--model', world.file('m.json', JSON.stringify(model))], /\/commands\/CreateLocation\/allow/);
    model.commands.CreateLocation.allow = [];
    await refused(['--model', world.file('m.json', JSON.stringify(model))], /\/commands\/CreateLocation\/allow/);
  });
  await world.claim('origins and hosts that no browser sends', async () => {
    for (const origin of ['*', 'null', 'app.example', 'https://app.example/', 'https://APP.example', 'https://app.example:443', 'https://'])
      await refused(['--cors-origin', origin], /--cors-origin/);
    await refused(['--host', 'https://example.org'], /--host/);
  });

  const serves = async (args) => {
    const tidings = world.launch(['serve', '--listen', '0.0.0.0:0', '--store', world.directory(), ...args]);
    const [, port] = await tidings.child.printed(/listens on http:\/\/0\.0\.0\.0:(\d+)/);
    const client = new Client(`http://127.0.0.1:${port}`);
    world.adopt(client);
    await client.waitReady();
    return client;
  };
  await world.claim('told so, it serves, by whatever name', async () => {
    const client = await serves(['--allow-anonymous']);
    checkCompleted(await client.command('CreateLocation', town('Oslo'), { wait: 5, headers: { host: 'anything.example' } }));
  });
  await world.claim('with tokens and a name it serves that name', async () => {
    const client = await serves([...issued.args, '--host', 'tidings.example']);
    const headers = bearer(await issued.token('anna'));
    assert.equal((await client.get('/locations', { headers: { ...headers, host: 'tidings.example' } })).status, 200);
    assert.equal((await client.get('/locations', { headers })).status, 200);
    checkProblem(await client.get('/locations', { headers: { ...headers, host: 'evil.example' } }), 421, 'misdirected_request');
  });
});

test('a page that takes its name for our address gets nothing', async (world) => {
  const { client } = await world.tidings({ args: ['--host', 'tidings.example,other.example:8443'] });
  const status = async (host, path = '/locations') => (await client.get(path, { headers: { host } })).status;
  for (const host of ['localhost', 'localhost:1', '127.0.0.1', '127.0.0.2:80', '[::1]:8080', 'tidings.example', 'TIDINGS.example:80', 'other.example:8443'])
    assert.equal(await status(host), 200, host);
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.nip.example', 'other.example', 'other.example:80', '192.168.0.1', '0.0.0.0', '[::]'])
    assert.equal(await status(host), 421, host);
  assert.equal(await status('10.1.2.3:8080', '/healthz'), 200);
  assert.equal(await status('10.1.2.3:8080', '/readyz'), 200);
  checkProblem(await client.command('CreateLocation', town('Evil'), { headers: { host: 'evil.example' } }), 421, 'misdirected_request');
});

test('pages of other origins: those in the list, and no others', async (world) => {
  const app = 'https://app.example';
  const { client, origin } = await world.tidings({ args: ['--cors-origin', `${app},http://localhost:3000`] });
  const cors = ({ headers }) => Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
  const preflight = (from, method = 'POST') =>
    client.request('OPTIONS', '/commands/CreateLocation', { headers: { origin: from, 'access-control-request-method': method, 'access-control-request-headers': 'content-type' } });

  await world.claim('in the list: exactly that origin, also on errors and streams', async () => {
    for (const from of [app, 'http://localhost:3000']) {
      for (const answer of [
        await client.get('/locations', { headers: { origin: from } }),
        await client.get('/locations/none', { headers: { origin: from } }),
        await client.get('/healthz', { headers: { origin: from } }),
        await client.command('CreateLocation', {}, { headers: { origin: from } }),
      ]) {
        assert.equal(answer.headers['access-control-allow-origin'], from);
        assert.equal(answer.headers['access-control-allow-credentials'], 'true');
        assert.equal(answer.headers.vary, 'Origin');
      }
      const { session } = await newSession(client);
      const stream = await Stream.open(origin, '/events', { session, headers: { origin: from } });
      assert.equal(stream.headers['access-control-allow-origin'], from);
      assert.equal(stream.headers.vary, 'Origin');
      stream.close();
    }
  });
  await world.claim('a preflight is answered, without anything being done', async () => {
    const answer = await preflight(app);
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['access-control-allow-origin'], app);
    assert.match(answer.headers['access-control-allow-methods'], /\bPOST\b/);
    assert.match(answer.headers['access-control-allow-headers'], /\bContent-Type\b.*\bIdempotency-Key\b/);
    assert.equal(answer.headers['access-control-max-age'], '600');
  });
  await world.claim('others: nothing is reflected', async () => {
    for (const from of ['null', '*', 'https://evil.example', 'http://app.example', 'https://app.example.evil.example', 'https://evilapp.example',
      'https://app.example:8443', 'https://APP.EXAMPLE', `${app}/`, 'file://', 'http://localhost:3001', `${app} https://evil.example`]) {
      for (const answer of [await client.get('/locations', { headers: { origin: from } }), await preflight(from)]) {
        assert.deepEqual(cors(answer), {}, from);
        assert.equal(answer.headers.vary, 'Origin');
        assert.ok(!JSON.stringify(answer.headers).includes('evil'));
      }
    }
    const none = await client.get('/locations');
    assert.deepEqual(cors(none), {});
    assert.equal(none.headers.vary, 'Origin');
  });
  await world.claim('a form or script of another origin changes nothing, one of the list may', async () => {
    const post = (headers) => client.command('CreateLocation', town('Oslo'), { wait: 5, headers });
    checkProblem(await post({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }), 403, 'forbidden');
    checkProblem(await post({ origin: 'http://localhost:3001', 'sec-fetch-site': 'same-site' }), 403, 'forbidden');
    checkProblem(await post({ origin: 'null', 'sec-fetch-site': 'cross-site' }), 403, 'forbidden');
    checkCompleted(await post({ origin: app, 'sec-fetch-site': 'cross-site' }));
    checkCompleted(await post({ origin, 'sec-fetch-site': 'same-origin' }));
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      checkProblem(await post({ 'content-type': type }), 415);
  });
  await world.claim('without a list there is no CORS at all', async () => {
    const { client: plain } = await world.tidings();
    const answer = await plain.get('/locations', { headers: { origin: app } });
    assert.deepEqual(cors(answer), {});
    assert.equal(answer.headers.vary, undefined);
  });
});

/** Connections that were let in, and how the others were turned away. */
async function crowd(origin, count) {
  const all = await Promise.all(Array.from({ length: count }, () => RawConnection.open(origin)));
  await eventually('the rest is turned away', async () => {
    await pause(200);
    return true;
  });
  return { all, inside: all.filter((raw) => raw.received.length === 0), away: all.filter((raw) => raw.received.length > 0) };
}

test('so many connections, and the next is told', async (world) => {
  const check = async (args, limit) => {
    const { client, origin } = await world.tidings({ args });
    client.agent.destroy();
    await pause(50);
    const { all, inside, away } = await crowd(origin, limit + 10);
    assert.ok(inside.length <= limit && inside.length >= limit - 1, `${inside.length} are in`);
    for (const raw of away) {
      const [answer] = await raw.responses(1);
      assert.equal(answer.status, 503);
      assert.equal(answer.headers['retry-after'], '1');
      await raw.closed();
    }
    inside[0].write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    assert.equal((await inside[0].responses(1))[0].status, 200);
    for (const raw of all) raw.destroy();
    await eventually('places are free again', async () => (await client.get('/healthz').catch(() => ({}))).status === 200);
  };
  await world.claim('in total', () => check(['--max-connections', '20'], 20));
  await world.claim('of one address', () => check(['--max-connections-per-address', '5'], 5));
});

test('out of files it neither spins nor stays deaf', async (world) => {
  // UBSan looks at memory through a pipe: without a descriptor for that it reports objects that are fine.
  if (slowdown > 1) return;
  const store = world.directory();
  const binary = process.env.TIDINGS_BIN;
  const { Child } = await import('./lib/child.mjs');
  const tidings = new Tidings();
  // Fewer than the connections below; the embedded server needs more, so there is one beside it.
  const nats = await world.natsServer();
  const args = serveArguments({ nats: nats.url, store, args: ['--max-connections', '1000'] });
  tidings.child = new Child('tidings', '/bin/sh', ['-c', 'ulimit -n 96; exec "$0" "$@"', binary, ...args], { env: process.env, cwd: store });
  world.adopt(tidings);
  await tidings.listening();
  await tidings.client.waitReady();
  tidings.client.agent.destroy();
  const ticks = () => {
    const fields = fs.readFileSync(`/proc/${tidings.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  const { all } = await crowd(tidings.origin, 200);
  // Some wait in the kernel until there is a file for them, twice a second.
  await eventually('all are in or were told', () => all.filter((raw) => raw.received.length > 0).length >= 150);
  const before = ticks();
  await pause(1000);
  assert.ok(ticks() - before < 30, `${ticks() - before} ticks of 10 ms in a second of doing nothing`);
  for (const raw of all) raw.destroy();
  await eventually('it answers again', async () => (await tidings.client.get('/readyz').catch(() => ({}))).status === 200);
  checkCompleted(await tidings.client.command('CreateLocation', town('Oslo'), { wait: 5 }));
});

test('so many requests a second, and the next is told', async (world) => {
  const issued = await Issuer.make(world);
  const { client } = await world.tidings({ args: [...issued.args, '--rate-limit', '5'] });
  const ask = async (headers) => client.get('/locations', { headers });
  const statuses = async (headers, count) => {
    const answers = await Promise.all(Array.from({ length: count }, () => ask(headers)));
    return answers.map(({ status }) => status);
  };
  const anna = bearer(await issued.token('anna'));
  const got = await statuses(anna, 40);
  const served = got.filter((status) => status === 200).length;
  assert.ok(served >= 10 && served <= 25, `${served} of 40`);
  assert.ok(got.every((status) => status === 200 || status === 429));
  const refused = await eventually('one is refused', async () => {
    const answer = await ask(anna);
    return answer.status === 429 && answer;
  });
  checkProblem(refused, 429, 'too_many_requests');

  await world.claim('other callers are not held up, nor are probes', async () => {
    assert.equal((await ask(bearer(await issued.token('berta')))).status, 200);
    for (let i = 0; i < 50; i += 1) assert.equal((await client.get('/healthz')).status, 200);
  });
  await world.claim('whoever guesses tokens is slowed down by address', async () => {
    const guesses = await statuses(bearer('a.b.c'), 40);
    assert.ok(guesses.includes(401) && guesses.includes(429));
  });
  await world.claim('it goes on after a while', () => eventually('anna is served', async () => (await ask(anna)).status === 200, { every: 250 }));
});

test('a body that only drips is given up', async (world) => {
  const { origin, client } = await world.tidings();
  const drips = async (head, drop) => {
    const began = performance.now();
    const raw = await RawConnection.open(origin);
    raw.write(`POST /commands/CreateLocation HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${head}\r\n\r\n`);
    const timer = setInterval(() => raw.write(drop), 200);
    const [answer] = await raw.responses(1, { deadline: 15_000 });
    clearInterval(timer);
    checkProblem(answer, 408, 'request_timeout');
    const took = performance.now() - began;
    assert.ok(took > 4_500 && took < 8_000, `${took} ms`);
    raw.destroy();
  };
  await Promise.all([drips('Content-Length: 100000', ' '), drips('Transfer-Encoding: chunked', '1\r\n \r\n')]);
  checkCompleted(await client.command('CreateLocation', town('Oslo'), { wait: 5 }));
});
