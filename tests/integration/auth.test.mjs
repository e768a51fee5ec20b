// SPDX-License-Identifier: MIT
// Callers known by tokens: which ones count, and how long.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { generateKeyPair } from 'jose';
import { checkCompleted, checkProblem, town } from './lib/contract.mjs';
import { audience, bearer, Issuer, issuer, ownerOf, seconds } from './lib/issuer.mjs';
import { Stream } from './lib/streams.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('a token of the issuer is the caller', async (world) => {
  const issued = await Issuer.make(world);
  const tidings = await world.tidings({ args: issued.args });
  const { client, origin } = tidings;

  await world.claim('by each algorithm, by header or cookie, and the owner is its subject', async () => {
    const nats = await world.spy(`nats://127.0.0.1:${await tidings.embeddedPort()}`);
    const seen = nats.subscribe('notifications.>');
    const owners = new Set();
    (async () => {
      for await (const message of seen) owners.add(message.subject.split('.')[1]);
    })();
    let id;
    for (const algorithm of ['RS256', 'ES256', 'EdDSA']) {
      const token = await issued.token('anna', { algorithm });
      const done = checkCompleted(await client.command('CreateLocation', town(algorithm), { wait: 5, headers: bearer(token) }));
      const again = await client.get(`/commands/${done.command_id}`, { headers: { cookie: `a=b; tidings_token=${token}` } });
      assert.deepEqual(checkCompleted(again), done);
      id = done.command_id;
    }
    await eventually('the outcomes pass by', () => owners.size > 0);
    assert.deepEqual([...owners], [ownerOf('anna')]);
    checkProblem(await client.get(`/commands/${id}`, { headers: bearer(await issued.token('berta')) }), 404, 'not_found');
  });

  await world.claim('several audiences, no kid where one key fits, dates with fractions', async () => {
    for (const options of [
      { claims: { aud: ['other', audience] } },
      { header: { kid: undefined } },
      { claims: { exp: seconds() + 60.5, nbf: seconds() - 1 } },
    ])
      assert.equal((await client.get('/locations', { headers: bearer(await issued.token('anna', options)) })).status, 200);
  });

  await world.claim('leeway: to the second, on both ends', async () => {
    const status = async (claims) => (await client.get('/locations', { headers: bearer(await issued.token('anna', { claims })) })).status;
    const now = seconds();
    for (const [claims, expected] of [
      [{ exp: now - 27 }, 200], [{ exp: now - 31 }, 401], [{ nbf: now + 28 }, 200], [{ nbf: now + 33 }, 401], [{ iat: now + 28 }, 200], [{ iat: now + 33 }, 401],
      [{ exp: now }, 200], [{ nbf: now, iat: now }, 200], [{ iat: undefined }, 200],
    ])
      assert.equal(await status(claims), expected, JSON.stringify({ ...claims, now }));
  });

  await world.claim('a header counts before a cookie, whichever of them is good', async () => {
    const [anna, berta] = [await issued.token('anna'), await issued.token('berta')];
    const done = checkCompleted(await client.command('CreateLocation', town('Both'), { wait: 5, headers: { ...bearer(anna), cookie: `tidings_token=${berta}` } }));
    assert.equal((await client.get(`/commands/${done.command_id}`, { headers: bearer(anna) })).status, 200);
    checkProblem(await client.get(`/commands/${done.command_id}`, { headers: bearer(berta) }), 404, 'not_found');
    checkProblem(await client.get('/locations', { headers: { ...bearer(`${anna}x`), cookie: `tidings_token=${berta}` } }), 401, 'unauthorized');
    checkProblem(await client.get('/locations', { headers: { authorization: '', cookie: `tidings_token=${berta}` } }), 401, 'unauthorized');
    assert.equal((await client.get('/locations', { headers: { ...bearer(anna), cookie: 'tidings_token=x' } })).status, 200);
  });

  await world.claim('of two cookies the first counts, and a session beside a token is nobody', async () => {
    const [anna, berta] = [await issued.token('anna'), await issued.token('berta')];
    const done = checkCompleted(await client.command('CreateLocation', town('Two'), { wait: 5, headers: { cookie: `tidings_token=${anna}; tidings_token=${berta}`, 'tidings-session': 's'.repeat(32) } }));
    assert.equal((await client.get(`/commands/${done.command_id}`, { headers: bearer(anna) })).status, 200);
    checkProblem(await client.get(`/commands/${done.command_id}`, { headers: bearer(berta) }), 404, 'not_found');
  });

  await world.claim('without one there are probes and the page, and nothing else', async () => {
    for (const path of ['/healthz', '/readyz', '/', '/assets/tidings.js']) assert.equal((await client.get(path)).status, 200, path);
    assert.equal((await client.get('/')).headers['set-cookie'], undefined);
    for (const [method, path] of [
      ['GET', '/locations'], ['POST', '/locations'], ['GET', '/events'], ['POST', '/events/ticket'], ['POST', '/session'], ['GET', '/model'],
      ['GET', '/services'], ['GET', '/openapi.json'], ['GET', '/asyncapi.json'], ['GET', '/metrics'], ['POST', '/commands/CreateLocation'],
      ['GET', '/commands/cmd-1'], ['GET', '/commands/cmd-1/events'], ['POST', '/queries/ListLocations'], ['OPTIONS', '/locations'],
      ['DELETE', '/locations/1'], ['TRACE', '/'.padEnd(9, 'x')], ['GET', '/nothing'],
    ]) {
      const answer = await client.request(method, path, { headers: { 'tidings-session': 's'.repeat(32) } });
      checkProblem(answer, 401, 'unauthorized');
      assert.equal(answer.headers['www-authenticate'], 'Bearer realm="tidings"');
    }
  });

  await world.claim('the contract says so', async () => {
    const { json } = await client.get('/openapi.json', { headers: bearer(await issued.token('anna')) });
    assert.deepEqual(Object.keys(json.components.securitySchemes), ['token', 'tokenCookie']);
    assert.deepEqual(json.paths['/events'].get.security, [{ token: [] }, { tokenCookie: [] }]);
    assert.ok(json.paths['/events'].get.responses[401]);
    assert.equal(json.paths['/session'], undefined);
  });

  await world.claim('a stream ends with its token, and not before', async () => {
    const began = performance.now();
    // 30 s of leeway are the default; this token has two seconds of them left.
    const token = await issued.token('carla', { claims: { exp: seconds() - 28 } });
    const short = await Stream.open(origin, '/events', { headers: bearer(token) });
    const long = await Stream.open(origin, '/events', { headers: bearer(await issued.token('carla')) });
    world.adopt(long);
    assert.equal(short.status, 200);
    await short.end({ deadline: 6_000 });
    const took = performance.now() - began;
    assert.ok(took > 700 && took < 5_000, `${took} ms`);
    assert.equal(long.ended, false);
    checkProblem(await client.get('/locations', { headers: bearer(token) }), 401, 'unauthorized');
  });

  await world.claim('keys change with SIGHUP; a broken file changes nothing', async () => {
    const before = await issued.token('anna');
    const asked = (token) => client.get('/locations', { headers: bearer(token) }).then(({ status }) => status);
    assert.equal(await asked(before), 200);
    fs.writeFileSync(issued.file, '{"keys": [');
    tidings.child.kill('SIGHUP');
    await eventually('it says what is wrong', () => /the JWK Set .* is not JSON.*the keys that were read before still count/.test(tidings.child.stderr));
    assert.equal(await asked(before), 200);
    issued.keys.set('ES256', await generateKeyPair('ES256', { extractable: true }));
    await issued.publish();
    tidings.child.kill('SIGHUP');
    const after = await issued.token('anna');
    await eventually('the new key counts', async () => (await asked(after)) === 200);
    assert.equal(await asked(before), 401);
  });
});

test('HS256 only where it was chosen', async (world) => {
  const secret = 'a secret of at least thirty-two bytes, for tests';
  const args = ['--auth', 'jwt', '--jwt-alg', 'HS256', '--jwt-secret-file', world.file('secret', `${secret}\n`), '--jwt-issuer', issuer, '--jwt-audience', audience];
  const { client } = await world.tidings({ args });
  const issued = await Issuer.make(world);
  const key = new TextEncoder().encode(secret);
  const status = async (token) => (await client.get('/locations', { headers: bearer(await token) })).status;
  assert.equal(await status(issued.token('anna', { algorithm: 'HS256', key })), 200);
  assert.equal(await status(issued.token('anna', { algorithm: 'HS256', key: new TextEncoder().encode('x'.repeat(40)) })), 401);
  assert.equal(await status(issued.token('anna', { algorithm: 'RS256' })), 401);
  assert.equal(await status(issued.token('anna', { algorithm: 'HS512', key })), 401);
});
