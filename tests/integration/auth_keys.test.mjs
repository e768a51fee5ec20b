// SPDX-License-Identifier: MIT
// The issuer's keys: where they come from, and how they change.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { generateKeyPair } from 'jose';
import { Authority } from './lib/certificates.mjs';
import { checkCompleted, town } from './lib/contract.mjs';
import { audience, bearer, Issuer, issuer } from './lib/issuer.mjs';
import { Stream } from './lib/streams.mjs';
import { eventually, pause } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('keys are fetched from a URL, and again', async (world) => {
  const issued = await Issuer.make(world);
  const authority = new Authority(world);
  const { certificate, key } = authority.issue('DNS:localhost');
  let answer = (response) => response.end(fs.readFileSync(issued.file));
  const asked = [];
  const serve = async (server) => {
    server.on('request', (request, response) => (asked.push([request.method, request.url, request.headers]), answer(response)));
    await new Promise((resolve) => server.listen(0, 'localhost', resolve));
    world.adopt({ close: () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))) });
    return server.address().port;
  };
  const plain = `http://localhost:${await serve(http.createServer())}/keys?x=1`;
  const secure = `https://localhost:${await serve(https.createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }))}/keys`;
  const args = (url, ...more) => ['--auth', 'jwt', '--jwks', url, '--jwt-issuer', issuer, '--jwt-audience', audience, '--jwks-refresh', '1', ...more];
  const { client, child } = await world.tidings({ args: args(plain) });
  const status = async (token) => (await client.get('/locations', { headers: bearer(await token) })).status;

  await world.claim('by an ordinary request', async () => {
    assert.equal(await status(issued.token('anna')), 200);
    const [method, url, headers] = asked[0];
    assert.deepEqual([method, url, headers.host], ['GET', '/keys?x=1', new URL(plain).host]);
  });
  await world.claim('a failure, another answer, or none changes nothing', async () => {
    for (const wrong of [
      (response) => response.writeHead(500).end('{"keys":[]}'), (response) => response.writeHead(302, { location: secure }).end(), (response) => response.end('{"keys":['),
      (response) => response.end('{"keys":[]}'), (response) => response.end(' '.repeat(2 * 1024 * 1024)), (response) => response.socket.destroy(),
    ]) {
      const [before, said] = [asked.length, child.stderr.length];
      answer = wrong;
      await eventually('it was asked', () => asked.length > before);
      await eventually('it says so', () => /the keys that were read before still count/.test(child.stderr.slice(said)));
      assert.equal(await status(issued.token('anna')), 200);
    }
  });
  await world.claim('new keys count within the time', async () => {
    const before = await issued.token('anna');
    issued.keys.set('ES256', await generateKeyPair('ES256', { extractable: true }));
    await issued.publish();
    answer = (response) => response.end(fs.readFileSync(issued.file));
    await eventually('the new key counts', async () => (await status(issued.token('anna'))) === 200);
    assert.equal(await status(before), 401);
  });
  await world.claim('by HTTPS from whom the authority vouches for', async () => {
    const { client: other } = await world.tidings({ args: args(secure, '--jwks-ca', authority.ca) });
    assert.equal((await other.get('/locations', { headers: bearer(await issued.token('anna')) })).status, 200);
    const stranger = new Authority(world, 'stranger');
    const refused = async (more, hint) => {
      const tidings = world.launch(['serve', '--listen', '127.0.0.1:0', '--store', world.directory(), ...more]);
      assert.equal((await tidings.child.exited(20_000)).code, 2, tidings.child.stderr);
      assert.match(tidings.child.stderr, hint);
    };
    await refused(args(secure), /cannot fetch the JWK Set/);
    await refused(args(secure, '--jwks-ca', stranger.ca), /cannot fetch the JWK Set/);
    await refused(args(secure.replace('localhost', '127.0.0.1'), '--jwks-ca', authority.ca), /cannot fetch the JWK Set/);
    await refused(args('http://localhost:1/keys'), /cannot fetch the JWK Set .*refused/);
    await refused(args('ftp://localhost/keys'), /not a URL/);
    await refused(args('https://user:password@localhost/keys'), /no user and password/);
    answer = () => {}; // never
    const began = performance.now();
    await refused(args(plain), /it took too long/);
    assert.ok(performance.now() - began < 15_000);
  });
});

test('a token of a new key counts at once, and nobody makes us ask the issuer too often', async (world) => {
  const issued = await Issuer.make(world);
  let asked = 0;
  let answer = (response) => response.end(fs.readFileSync(issued.file));
  const server = http.createServer((request, response) => ((asked += 1), answer(response)));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.adopt({ close: () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))) });
  const cooldown = 3;
  const { client, child, origin } = await world.tidings({
    args: ['--auth', 'jwt', '--jwks', `http://127.0.0.1:${server.address().port}/keys`, '--jwt-issuer', issuer, '--jwt-audience', audience,
      '--jwks-refresh', '3600', '--jwks-cooldown', String(cooldown)],
  });
  const status = async (token) => (await client.get('/locations', { headers: bearer(await token) })).status;
  const rotate = async (kid) => {
    issued.keys.set(kid, await generateKeyPair('ES256', { extractable: true }));
    await issued.publish();
    return (subject = 'anna') => issued.token(subject, { header: { kid }, key: issued.keys.get(kid).privateKey });
  };
  const stranger = await generateKeyPair('ES256');
  const unknown = (kid = `guess-${Math.random()}`) => issued.token('anna', { header: { kid }, key: stranger.privateKey });
  const known = await issued.token('anna');
  assert.equal(asked, 1);

  await world.claim('all requests that come with it wait for one answer', async () => {
    const second = await rotate('second');
    const tokens = await Promise.all(Array.from({ length: 40 }, (_, i) => second(`user-${i}`)));
    answer = async (response) => (await pause(300), response.end(fs.readFileSync(issued.file)));
    const all = tokens.map(status);
    await eventually('the issuer is asked', () => asked === 2);
    const began = performance.now();
    assert.equal(await status(known), 200); // others are not held up
    assert.ok(performance.now() - began < 200);
    assert.deepEqual(new Set(await Promise.all(all)), new Set([200]));
    assert.equal(asked, 2);
  });
  await world.claim('until the cooldown is over unknown keys are refused without asking', async () => {
    const got = await Promise.all(Array.from({ length: 200 }, () => status(unknown())));
    assert.deepEqual(new Set(got), new Set([401]));
    assert.equal(asked, 2);
    assert.equal(await status(known), 200);
  });
  await world.claim('a flood of them: one fetch for each cooldown', async () => {
    const before = asked;
    const end = performance.now() + 2 * cooldown * 1000;
    while (performance.now() < end) await Promise.all(Array.from({ length: 50 }, () => status(unknown())));
    assert.ok(asked - before >= 1 && asked - before <= 3, `${asked - before}`);
  });
  await world.claim('what no key could make count is not asked for', async () => {
    await pause(cooldown * 1000);
    const before = asked;
    const [, body, signature] = known.split('.');
    const of = (header) => `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${body}.${signature}`;
    for (const header of [
      { alg: 'none', kid: 'x' }, { alg: 'HS256', kid: 'x' }, { alg: 'ES512', kid: 'x' }, { alg: 'ES256' }, { alg: 'ES256', kid: '' }, { alg: 'ES256', kid: 7 },
      { alg: 'ES256', kid: 'x'.repeat(257) }, { alg: 'ES256', kid: 'RS256' }, { alg: 'ES256', kid: 'x', jku: 'http://evil.example' }, { alg: 'ES256', kid: 'x', crit: ['exp'] },
    ])
      assert.equal(await status(of(header)), 401, JSON.stringify(header));
    assert.equal(await status(`${known}.x`), 401);
    assert.equal(asked, before);
  });
  await world.claim('a command and a stream may be the first to bring it; who leaves meanwhile does no harm', async () => {
    const third = await rotate('third');
    const headers = bearer(await third());
    const gone = http.get(`${origin}/locations`, { headers, agent: false });
    gone.on('error', () => {});
    const [stream, done] = await Promise.all([
      Stream.open(origin, '/events', { headers }), client.command('CreateLocation', town('Oslo'), { wait: 5, headers }),
      eventually('the issuer is asked', () => asked).then(() => gone.destroy()),
    ]);
    world.adopt(stream);
    assert.equal(stream.status, 200);
    checkCompleted(done);
  });
  await world.claim('while the URL is down known keys keep working', async () => {
    await pause(cooldown * 1000);
    answer = (response) => response.socket.destroy();
    const said = child.stderr.length;
    assert.equal(await status(unknown()), 401);
    assert.match(child.stderr.slice(said), /the keys that were read before still count/);
    assert.equal(await status(known), 200);
  });
  await world.claim('an issuer that never answers holds only those who ask for it, and not for ever', async () => {
    await pause(cooldown * 1000);
    answer = () => {};
    const began = performance.now();
    const waits = status(unknown());
    await eventually('known callers are served', async () => (await status(known)) === 200);
    assert.equal(await waits, 401);
    assert.ok(performance.now() - began > 8_000 && performance.now() - began < 13_000);
  });
});

test('SIGTERM does not wait for an issuer that never answers', async (world) => {
  const issued = await Issuer.make(world);
  let asked = 0;
  const server = http.createServer((request, response) => {
    asked += 1;
    if (asked === 1) response.end(fs.readFileSync(issued.file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.adopt({ close: () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))) });
  const tidings = await world.tidings({
    args: ['--auth', 'jwt', '--jwks', `http://127.0.0.1:${server.address().port}/keys`, '--jwt-issuer', issuer, '--jwt-audience', audience, '--threads', '2'],
  });
  const { privateKey } = await generateKeyPair('ES256');
  const unknown = await issued.token('anna', { header: { kid: 'unknown' }, key: privateKey });
  // Enough that both threads hold some of them.
  const held = Array.from({ length: 16 }, () => tidings.client.get('/locations', { headers: bearer(unknown) }).then(({ status }) => status, (error) => error.code));
  await eventually('the issuer is asked', () => asked === 2);
  const began = performance.now();
  tidings.child.kill('SIGTERM');
  assert.deepEqual(await tidings.child.exited(9_500), { code: 0, signal: null });
  console.log(`# ended after ${Math.round(performance.now() - began)} ms`);
  for (const how of await Promise.all(held)) assert.ok([401, 503, 'ECONNRESET', 'ECONNREFUSED'].includes(how), `${how}`);
});
