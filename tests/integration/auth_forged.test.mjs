// SPDX-License-Identifier: MIT
// Tokens that must not count.
import assert from 'node:assert/strict';
import { createHmac, createSign } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair } from 'jose';
import { checkCompleted, checkProblem, town } from './lib/contract.mjs';
import { audience, bearer, Issuer, issuer, seconds } from './lib/issuer.mjs';
import { streamed } from './lib/streams.mjs';
import { test } from './lib/world.mjs';

const base64 = (x) => Buffer.from(typeof x === 'string' || Buffer.isBuffer(x) ? x : JSON.stringify(x)).toString('base64url');

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
    'a duplicate kid': rs256('{"alg":"RS256","kid":"x","kid":"RS256"}', claims),
    'a duplicate kid, the good one first': rs256('{"alg":"RS256","kid":"RS256","kid":"x"}', claims),
    'a duplicate alg, the good one first': rs256('{"alg":"RS256","alg":"none","kid":"RS256"}', claims),
    'a duplicate aud': rs256({ alg: 'RS256', kid: 'RS256' }, JSON.stringify(claims).replace('{', '{"aud":"other",')),
    'a duplicate iss': rs256({ alg: 'RS256', kid: 'RS256' }, JSON.stringify(claims).replace('{', '{"iss":"https://evil.example",')),
    'crit that names nothing': rs256({ alg: 'RS256', kid: 'RS256', crit: [] }, claims),
    'crit of a claim that is known': rs256({ alg: 'RS256', kid: 'RS256', crit: ['exp'], exp: 1 }, claims),
    'kid with a NUL': rs256({ alg: 'RS256', kid: 'RS256\u0000' }, claims),
    'kid in other letters': rs256({ alg: 'RS256', kid: 'rs256' }, claims),
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

  await world.claim('nor does one that is longer than any is read', async () => {
    const long = rs256({ alg: 'RS256', kid: 'RS256' }, { ...claims, more: 'x'.repeat(7000) });
    assert.ok(long.length > 8192);
    for (const headers of [bearer(long), { cookie: `tidings_token=${long}` }])
      checkProblem(await client.command('CreateLocation', town('Evil'), { headers }), 431, 'head_too_large');
    const fits = rs256({ alg: 'RS256', kid: 'RS256' }, { ...claims, more: 'x'.repeat(4000) });
    assert.equal((await client.get('/locations', { headers: bearer(fits) })).status, 200);
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
