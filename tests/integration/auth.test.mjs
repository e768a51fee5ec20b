// SPDX-License-Identifier: MIT
// Callers known by tokens: which ones count, what they may do, and how long.
import assert from 'node:assert/strict';
import { createHash, createHmac, createSign } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { exportJWK, exportSPKI, generateKeyPair } from 'jose';
import { Authority } from './lib/certificates.mjs';
import { checkCompleted, checkProblem, town } from './lib/contract.mjs';
import { audience, bearer, Issuer, issuer } from './lib/issuer.mjs';
import { Stream } from './lib/streams.mjs';
import { example } from './lib/tidings.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const base64 = (x) => Buffer.from(typeof x === 'string' || Buffer.isBuffer(x) ? x : JSON.stringify(x)).toString('base64url');
const seconds = () => Math.floor(Date.now() / 1000);
const ownerOf = (subject) => `u-${createHash('sha256').update(`${issuer.length}:${issuer}${subject}`).digest('hex').slice(0, 32)}`;

async function streamed(nats) {
  const jsm = await nats.jetstreamManager();
  return (await jsm.streams.info('COMMANDS')).state.messages;
}

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

test('no forged, foreign or outdated token counts', async (world) => {
  const issued = await Issuer.make(world);
  const nats = await world.natsServer();
  const { client } = await world.tidings({ nats: nats.url, args: issued.args });
  const spy = await world.spy(nats.url);
  const rsa = issued.keys.get('RS256');
  const stranger = await generateKeyPair('RS256', { extractable: true });
  const publicPem = await exportSPKI(rsa.publicKey);
  const now = seconds();
  const claims = { iss: issuer, aud: audience, sub: 'anna', iat: now, exp: now + 600 };
  const hmac = (header, body, secret) => {
    const text = `${base64(header)}.${base64(body)}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  const rs256 = (header, body) => {
    const text = `${base64(header)}.${base64(body)}`;
    return `${text}.${createSign('sha256').update(text).sign(pem).toString('base64url')}`;
  };
  const pem = await (await import('jose')).exportPKCS8(rsa.privateKey);
  const good = await issued.token('anna', { algorithm: 'RS256' });
  const [header, body, signature] = good.split('.');
  const own = await exportJWK(stranger.publicKey);
  const jwk = await exportJWK(rsa.publicKey);
  const flipped = (text, at) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  const of = (options) => issued.token('anna', { algorithm: 'RS256', ...options });

  const attacks = {
    'alg none': `${base64({ alg: 'none' })}.${body}.`,
    'alg None': `${base64({ alg: 'None', kid: 'RS256' })}.${body}.${signature}`,
    'alg none with a kid': `${base64({ alg: 'none', kid: 'RS256' })}.${body}.`,
    'alg none and the old signature': `${base64({ alg: 'none', kid: 'RS256' })}.${body}.${signature}`,
    'HS256 with the public key in PEM as secret': hmac({ alg: 'HS256', kid: 'RS256' }, claims, publicPem),
    'the same without its last newline': hmac({ alg: 'HS256', kid: 'RS256' }, claims, publicPem.trimEnd()),
    'HS256 with the modulus as secret': hmac({ alg: 'HS256', kid: 'RS256' }, claims, Buffer.from(jwk.n, 'base64url')),
    'HS256 with the JWK as secret': hmac({ alg: 'HS256', kid: 'RS256' }, claims, JSON.stringify(jwk)),
    'HS256 with an empty secret': hmac({ alg: 'HS256' }, claims, ''),
    'kid of a path': hmac({ alg: 'HS256', kid: '../../../../dev/null' }, claims, ''),
    'kid of a path, RS256': await of({ header: { kid: '../../../../dev/null' }, key: stranger.privateKey }),
    'kid with SQL': await of({ header: { kid: "x' UNION SELECT 'key" }, key: stranger.privateKey }),
    'unknown kid': await of({ header: { kid: 'other' } }),
    'empty kid': await of({ header: { kid: '' } }),
    'kid of another algorithm\'s key': await of({ header: { kid: 'ES256' } }),
    'kid that is no string': rs256({ alg: 'RS256', kid: ['RS256'] }, claims),
    'jwk header with the key that signed': await of({ header: { jwk: own }, key: stranger.privateKey }),
    'jwk header with the issuer\'s own key': await of({ header: { jwk } }),
    'jku header': await of({ header: { jku: 'https://evil.example/jwks.json' }, key: stranger.privateKey }),
    'x5u header': await of({ header: { x5u: 'https://evil.example/x.pem' }, key: stranger.privateKey }),
    'x5c header': await of({ header: { x5c: ['MIIB'] } }),
    'crit that nobody understands': rs256({ alg: 'RS256', kid: 'RS256', crit: ['b64'], b64: false }, claims),
    'a stranger\'s key': await of({ key: stranger.privateKey }),
    'RS512 by the right key': await (async () => {
      const text = `${base64({ alg: 'RS512', kid: 'RS256' })}.${body}`;
      return `${text}.${createSign('sha512').update(text).sign(pem).toString('base64url')}`;
    })(),
    'no alg': rs256({ kid: 'RS256' }, claims),
    'alg in lower case': rs256({ alg: 'rs256', kid: 'RS256' }, claims),
    'a duplicate alg': rs256(`{"alg":"none","alg":"RS256","kid":"RS256"}`, claims),
    'missing exp': await of({ claims: { exp: undefined } }),
    'exp as text': rs256({ alg: 'RS256', kid: 'RS256' }, { ...claims, exp: String(claims.exp) }),
    'exp null': rs256({ alg: 'RS256', kid: 'RS256' }, { ...claims, exp: null }),
    'exp beyond all time': rs256({ alg: 'RS256', kid: 'RS256' }, { ...claims, exp: 1e300 }),
    'negative exp': rs256({ alg: 'RS256', kid: 'RS256' }, { ...claims, exp: -1 }),
    'expired': await of({ claims: { exp: now - 60 } }),
    'not valid yet': await of({ claims: { nbf: now + 120 } }),
    'nbf as text': rs256({ alg: 'RS256', kid: 'RS256' }, { ...claims, nbf: 'soon' }),
    'issued in the future': await of({ claims: { iat: now + 3600 } }),
    'wrong aud': await of({ claims: { aud: 'somebody-else' } }),
    'aud that begins the same': await of({ claims: { aud: `${audience}-admin` } }),
    'missing aud': await of({ claims: { aud: undefined } }),
    'empty aud list': await of({ claims: { aud: [] } }),
    'aud of an object': rs256({ alg: 'RS256', kid: 'RS256' }, { ...claims, aud: { [audience]: true } }),
    'wrong iss': await of({ claims: { iss: 'https://evil.example' } }),
    'iss with a slash more': await of({ claims: { iss: `${issuer}/` } }),
    'missing iss': await of({ claims: { iss: undefined } }),
    'missing sub': await of({ claims: { sub: undefined } }),
    'empty sub': await of({ claims: { sub: '' } }),
    'sub of a number': rs256({ alg: 'RS256', kid: 'RS256' }, { ...claims, sub: 1 }),
    'roles of a number': rs256({ alg: 'RS256', kid: 'RS256' }, { ...claims, roles: 1 }),
    'duplicate sub': rs256({ alg: 'RS256', kid: 'RS256' }, JSON.stringify(claims).replace('{', '{"sub":"berta",')),
    'duplicate exp': rs256({ alg: 'RS256', kid: 'RS256' }, JSON.stringify(claims).replace('{', '{"exp":1,')),
    'claims that are a list': rs256({ alg: 'RS256', kid: 'RS256' }, [claims]),
    'claims that are not JSON': rs256({ alg: 'RS256', kid: 'RS256' }, 'sub=anna'),
    'tampered header': `${flipped(header, 5)}.${body}.${signature}`,
    'tampered claims': `${header}.${base64({ ...claims, sub: 'berta' })}.${signature}`,
    'tampered signature': `${header}.${body}.${flipped(signature, 20)}`,
    'signature cut short': `${header}.${body}.${signature.slice(0, -4)}`,
    'no signature': `${header}.${body}.`,
    'two parts': `${header}.${body}`,
    'four parts': `${good}.${signature}`,
    'five parts, as if encrypted': `${good}.${signature}.${signature}`,
    'padding': `${good}==`,
    'standard base64': `${header}.${body}.${Buffer.from(signature, 'base64url').toString('base64')}`,
    'bits left over': `${header}.${body}.${signature.slice(0, -1)}${signature.at(-1) === 'A' ? 'B' : String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1)}`,
    'ES256 of zeros': `${base64({ alg: 'ES256', kid: 'ES256' })}.${base64(claims)}.${base64(Buffer.alloc(64))}`,
    'ES256 in DER': `${base64({ alg: 'ES256', kid: 'ES256' })}.${base64(claims)}.${base64(Buffer.from('3006020101020101', 'hex'))}`,
    'EdDSA of zeros': `${base64({ alg: 'EdDSA', kid: 'EdDSA' })}.${base64(claims)}.${base64(Buffer.alloc(64))}`,
    'an empty object': `${base64({})}.${base64({})}.`,
    'dots': '..',
    'a word': 'token',
    'very long': `${header}.${'A'.repeat(6000)}.${signature}`,
  };

  await world.claim('the token that all of these are made from does count', async () => {
    checkCompleted(await client.command('CreateLocation', town('Good'), { wait: 5, headers: bearer(good) }));
    checkCompleted(await client.command('CreateLocation', town('Good'), { wait: 5, headers: bearer(rs256({ alg: 'RS256', kid: 'RS256' }, claims)) }));
  });
  const before = await streamed(spy);

  for (const [title, token] of Object.entries(attacks))
    await world.claim(title, async () => {
      assert.notEqual(token, good);
      for (const headers of [bearer(token), { cookie: `tidings_token=${token}` }]) {
        const answer = await client.command('CreateLocation', town('Evil'), { headers });
        checkProblem(answer, 401, 'unauthorized');
        assert.equal(answer.headers['www-authenticate'], 'Bearer realm="tidings", error="invalid_token"');
        if (token.length > 40) assert.ok(!answer.text.includes(token.slice(0, 40)));
      }
    });

  await world.claim('nor does a good one in the wrong place', async () => {
    for (const headers of [
      { authorization: good }, { authorization: `Basic ${good}` }, { authorization: `Bearer${good}` }, { authorization: `Bearer  ${good}` },
      { authorization: `Bearer "${good}"` }, { 'x-authorization': `Bearer ${good}` }, { cookie: `Tidings_Token=${good}` },
      { 'tidings-session': 's'.repeat(32) },
    ])
      checkProblem(await client.command('CreateLocation', town('Evil'), { headers }), 401, 'unauthorized');
    checkProblem(await client.request('POST', `/commands/CreateLocation?access_token=${good}`, { body: town('Evil') }), 401, 'unauthorized');
    const twice = await client.request('POST', '/commands/CreateLocation', { body: town('Evil'), headers: { authorization: [`Bearer ${good}`, `Bearer ${good}`] } });
    assert.ok([400, 401].includes(twice.status));
  });

  await world.claim('and nothing of it came into the stream', async () => {
    assert.equal(await streamed(spy), before);
    checkCompleted(await client.command('CreateLocation', town('Good'), { wait: 5, headers: bearer(good) }));
    assert.equal(await streamed(spy), before + 1);
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

test('a type that names roles is for those who have one', async (world) => {
  const model = JSON.parse(fs.readFileSync(example('locations'), 'utf8'));
  model.commands.CreateLocation.allow = ['role:editor', 'role:admin'];
  model.queries.ListLocations.allow = ['role:reader'];
  const file = world.file('model.json', JSON.stringify(model));
  const issued = await Issuer.make(world);
  const nats = await world.natsServer();
  const { client, origin } = await world.tidings({ nats: nats.url, models: [file], args: issued.args });
  const as = async (roles, more = {}) => bearer(await issued.token('anna', { claims: { roles, ...more } }));
  const create = async (roles) => client.command('CreateLocation', town('Oslo'), { wait: 5, headers: await as(roles) });

  await world.claim('with a role: by every way', async () => {
    for (const roles of [['editor'], ['other', 'admin'], 'reader editor']) checkCompleted(await create(roles));
    checkCompleted(await client.request('POST', '/locations', { body: town('Oslo'), headers: { ...(await as(['editor'])), prefer: 'wait=5' } }));
    assert.equal((await client.get('/locations', { headers: await as(['reader']) })).status, 200);
  });
  await world.claim('without: 403, and nothing in the stream', async () => {
    const spy = await world.spy(nats.url);
    const before = await streamed(spy);
    for (const roles of [undefined, [], ['Editor'], ['role:editor'], 'editors', ['reader'], ['editor ']]) {
      checkProblem(await create(roles), 403, 'forbidden');
      checkProblem(await client.request('POST', '/locations', { body: town('Oslo'), headers: await as(roles) }), 403, 'forbidden');
    }
    for (const [method, path] of [['GET', '/locations'], ['GET', '/queries/ListLocations'], ['POST', '/queries/ListLocations']])
      checkProblem(await client.request(method, path, { headers: await as(['editor']), body: method === 'POST' ? {} : undefined }), 403, 'forbidden');
    const live = await Stream.open(origin, '/locations', { headers: await as(['editor']) });
    assert.equal(live.status, 403);
    assert.equal(await streamed(spy), before);
  });
  await world.claim('types without roles are for every caller', async () => {
    checkProblem(await client.get('/locations/none', { headers: await as([]) }), 404);
  });
  await world.claim('roles are where the option says', async () => {
    const { client: other } = await world.tidings({ nats: nats.url, models: [file], args: [...issued.args, '--jwt-roles-claim', '/realm_access/roles'] });
    const headers = await as([], { realm_access: { roles: ['reader'] } });
    assert.equal((await other.get('/locations', { headers })).status, 200);
    checkProblem(await other.get('/locations', { headers: await as(['reader']) }), 403, 'forbidden');
  });
});

test('a ticket opens one stream, once', async (world) => {
  const issued = await Issuer.make(world);
  const { client, origin } = await world.tidings({ args: issued.args });
  const headers = bearer(await issued.token('anna'));
  const ticket = async () => {
    const answer = await client.request('POST', '/events/ticket', { headers });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.json.expires_in, 30);
    assert.match(answer.json.ticket, /^[0-9a-f]{32}$/);
    return answer.json.ticket;
  };

  await world.claim('of its caller and nobody else', async () => {
    const stream = await Stream.open(origin, `/events?ticket=${await ticket()}`);
    world.adopt(stream);
    assert.equal(stream.status, 200);
    const done = await client.command('CreateLocation', town('Oslo'), { wait: 5, headers });
    await client.command('CreateLocation', town('Rome'), { wait: 5, headers: bearer(await issued.token('berta')) });
    assert.equal((await stream.take(1))[0].data, done.text);
    const one = await Stream.open(origin, `/commands/${done.json.command_id}/events?ticket=${await ticket()}`);
    await one.end();
    assert.equal(one.events[0].data, done.text);
  });
  await world.claim('a second time, or made up: 401', async () => {
    const used = await ticket();
    (await Stream.open(origin, `/events?ticket=${used}`)).close();
    for (const wrong of [used, '', 'x', '0'.repeat(32), `${used}%00`]) {
      const stream = await Stream.open(origin, `/events?ticket=${wrong}`);
      assert.equal(stream.status, 401, wrong);
    }
  });
  await world.claim('nowhere but on event streams', async () => {
    for (const path of ['/locations', '/model', '/commands/cmd-1']) checkProblem(await client.get(`${path}?ticket=${await ticket()}`), 401);
    checkProblem(await client.request('POST', `/events/ticket?ticket=${await ticket()}`), 401);
  });
  await world.claim('so many at a time', async () => {
    const many = bearer(await issued.token('carla'));
    for (let i = 0; i < 32; i += 1) assert.equal((await client.request('POST', '/events/ticket', { headers: many })).status, 201);
    const refused = await client.request('POST', '/events/ticket', { headers: many });
    checkProblem(refused, 429, 'too_many_requests');
    assert.ok(refused.headers['retry-after']);
  });
});

test('fifty owners with tokens: received is exactly what is permitted', async (world) => {
  const owners = 50;
  const clients = 4;
  const issued = await Issuer.make(world);
  const { client, origin } = await world.tidings({ args: issued.args });
  const all = [];
  for (let i = 0; i < owners; i += 1) {
    // Each client has a token of its own; what they share is the subject.
    const tokens = await Promise.all(Array.from({ length: clients }, () => issued.token(`user-${i}`)));
    const streams = await Promise.all(tokens.map((token) => Stream.open(origin, '/events', { headers: bearer(token) })));
    for (const stream of streams) world.adopt(stream);
    all.push({ tokens, streams, sent: [] });
  }
  for (const { streams } of all) for (const stream of streams) await eventually('a place', () => stream.position);
  const random = (below) => Math.floor(Math.random() * below);
  for (let i = 0; i < 400; i += 40)
    await Promise.all(Array.from({ length: 40 }, async () => {
      const who = all[random(owners)];
      const [type, payload] = [
        ['CreateLocation', town('t')], ['RenameLocation', { id: `t${random(20)}`, name: 'renamed' }], ['ReplaceLocation', town('put', { id: `t${random(20)}` })],
      ][random(3)];
      const answer = await client.command(type, payload, { wait: 20, headers: bearer(who.tokens[random(clients)]) });
      assert.ok([200, 409].includes(answer.status), answer.text);
      who.sent.push(answer.text);
    }));
  for (const { streams, sent } of all)
    for (const stream of streams) {
      await stream.take(sent.length);
      assert.deepEqual(stream.events.map(({ data }) => data).sort(), [...sent].sort());
    }
  const foreign = all[0].sent.map((text) => JSON.parse(text).command_id);
  for (const id of foreign.slice(0, 5)) checkProblem(await client.get(`/commands/${id}`, { headers: bearer(all[1].tokens[0]) }), 404);
  for (const { streams, sent } of all) for (const stream of streams) assert.equal(stream.events.length, sent.length);
});
