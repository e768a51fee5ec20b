// SPDX-License-Identifier: MIT
// HTTPS of its own, and NATS by TLS.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { Authority } from './lib/certificates.mjs';
import { checkCompleted, checkProblem, town } from './lib/contract.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

function ask(origin, path, { ca, method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = https.request(origin + path, { method, ca, agent: false, headers: { ...(body && { 'content-type': 'application/json' }), ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => {
        const json = /json/.test(response.headers['content-type'] ?? '') ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode, headers: response.headers, text, json });
      });
    });
    request.on('error', reject);
    request.end(body && (typeof body === 'string' ? body : JSON.stringify(body)));
  });
}

test('HTTPS without a proxy', async (world) => {
  const authority = new Authority(world);
  const ca = authority.pem;
  const { certificate, key } = authority.issue('IP:127.0.0.1,DNS:localhost');
  const tidings = world.launch(['serve', '--listen', '127.0.0.1:0', '--store', world.directory(), '--tls-cert', certificate, '--tls-key', key]);
  const [, origin] = await tidings.child.printed(/listens on (https:\/\/127\.0\.0\.1:\d+)/);
  const port = Number(new URL(origin).port);
  await eventually('it is ready', async () => (await ask(origin, '/readyz', { ca })).status === 200, { deadline: 20_000 });

  await world.claim('commands, queries and large bodies', async () => {
    checkCompleted(await ask(origin, '/commands/CreateLocation', { ca, method: 'POST', headers: { prefer: 'wait=5' }, body: town('Oslo') }));
    assert.equal((await ask(origin, '/locations', { ca })).status, 200);
    checkProblem(await ask(origin, '/commands/CreateLocation', { ca, method: 'POST', body: `${' '.repeat(900 * 1024)}{}` }), 422);
    checkProblem(await ask(origin, '/commands/CreateLocation', { ca, method: 'POST', body: ' '.repeat(1024 * 1024 + 1) }), 413);
    const listed = await Promise.all(Array.from({ length: 50 }, () => ask(origin, '/assets/tidings.js', { ca })));
    for (const answer of listed) assert.equal(answer.text, listed[0].text);
  });
  await world.claim('the session cookie is for HTTPS only', async () => {
    const answer = await ask(origin, '/session', { ca, method: 'POST' });
    assert.match(answer.headers['set-cookie'][0], /; HttpOnly; SameSite=Strict; Secure$/);
    assert.match((await ask(origin, '/', { ca })).headers['set-cookie'][0], /; Secure$/);
  });
  await world.claim('events pass at once, and the end is told', async () => {
    const { session } = (await ask(origin, '/session', { ca, method: 'POST' })).json;
    let text = '';
    const request = https.get(`${origin}/events`, { ca, agent: false, headers: { 'tidings-session': session } }, (response) => response.setEncoding('utf8').on('data', (chunk) => (text += chunk)));
    request.on('error', () => {});
    await eventually('the stream begins', () => text.includes('id: '));
    checkCompleted(await ask(origin, '/commands/CreateLocation', { ca, method: 'POST', headers: { prefer: 'wait=5', 'tidings-session': session }, body: town('Rome') }));
    await eventually('the outcome', () => text.includes('event: completed'));
    request.destroy();
    // A reader cannot tell a cut from an end unless TLS itself says goodbye.
    const ended = await new Promise((resolve, reject) => {
      const socket = tls.connect({ port, host: '127.0.0.1', ca }, () => socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'));
      let all = '';
      socket.on('data', (chunk) => (all += chunk)).on('end', () => resolve(all)).on('error', reject);
    });
    assert.match(ended, /^HTTP\/1\.1 200/);
  });
  await world.claim('TLS 1.2 and 1.3, HTTP/1.1 by ALPN, nothing older', async () => {
    const meet = (options) => new Promise((resolve, reject) => {
      const socket = tls.connect({ port, host: '127.0.0.1', ca, ...options }, () => (resolve([socket.getProtocol(), socket.alpnProtocol]), socket.destroy()));
      socket.on('error', reject);
    });
    assert.deepEqual(await meet({ maxVersion: 'TLSv1.2', ALPNProtocols: ['h2', 'http/1.1'] }), ['TLSv1.2', 'http/1.1']);
    assert.deepEqual(await meet({ minVersion: 'TLSv1.3' }), ['TLSv1.3', false]);
    await assert.rejects(meet({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
  });
  await world.claim('whoever does not shake hands is let go', async () => {
    const ends = (bytes) => new Promise((resolve) => {
      const began = performance.now();
      const socket = net.connect(port, '127.0.0.1', () => bytes && socket.write(bytes));
      socket.on('error', () => {}).on('data', () => {}).on('close', () => resolve(performance.now() - began));
    });
    const [silent, plain] = await Promise.all([ends(''), ends('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')]);
    assert.ok(plain < 2_000, `plain HTTP: ${plain} ms`);
    assert.ok(silent > 8_000 && silent < 13_000, `silence: ${silent} ms`);
  });
  await world.claim('SIGHUP brings a new certificate; a broken file changes nothing', async () => {
    const serial = () => new Promise((resolve, reject) => {
      const socket = tls.connect({ port, host: '127.0.0.1', ca }, () => (resolve(socket.getPeerCertificate().serialNumber), socket.destroy()));
      socket.on('error', reject);
    });
    const before = await serial();
    authority.issue('IP:127.0.0.1,DNS:localhost');
    tidings.child.kill('SIGHUP');
    await eventually('another serial number', async () => (await serial()) !== before);
    const now = await serial();
    fs.writeFileSync(certificate, 'no certificate');
    tidings.child.kill('SIGHUP');
    await eventually('it says so', () => /--tls-cert.*the certificate that was read before still counts/.test(tidings.child.stderr));
    assert.equal(await serial(), now);
  });
  await world.claim('files of connections are given back', async () => {
    const files = () => fs.readdirSync(`/proc/${tidings.child.pid}/fd`).length;
    const before = files();
    for (let i = 0; i < 20; i += 1) await Promise.all(Array.from({ length: 10 }, () => ask(origin, '/healthz', { ca })));
    await eventually('as before', () => files() <= before + 3);
  });
});

test('half a certificate does not start', async (world) => {
  const authority = new Authority(world);
  const one = authority.issue('DNS:localhost', 'one');
  const other = authority.issue('DNS:localhost', 'other');
  for (const [args, hint] of [
    [['--tls-cert', one.certificate], /--tls-key/], [['--tls-key', one.key], /--tls-cert/],
    [['--tls-cert', one.certificate, '--tls-key', other.key], /--tls-key/], [['--tls-cert', '/nonexistent', '--tls-key', one.key], /\/nonexistent/],
  ]) {
    const tidings = world.launch(['serve', '--listen', '127.0.0.1:0', '--store', world.directory(), ...args]);
    assert.equal((await tidings.child.exited()).code, 2);
    assert.match(tidings.child.stderr, hint);
  }
});

test('NATS by TLS: only a server that the authority vouches for', async (world) => {
  const authority = new Authority(world);
  const { certificate, key } = authority.issue('DNS:localhost');
  const config = world.file('nats.conf', `tls { cert_file: "${certificate}", key_file: "${key}" }\n`);
  const nats = await world.natsServer({ args: ['--config', config] });
  const start = (url, ca) => world.tidings({ nats: url, ready: false, args: ca ? ['--nats-ca', ca] : [] });

  await world.claim('by tls:// and by nats:// with an authority', async () => {
    for (const scheme of ['tls', 'nats']) {
      const { client } = await start(`${scheme}://localhost:${nats.port}`, authority.ca);
      await client.waitReady();
      checkCompleted(await client.command('CreateLocation', town('Oslo'), { wait: 5 }));
    }
  });
  await world.claim('not one of another authority, of another name, or without TLS', async () => {
    const stranger = new Authority(world, 'stranger');
    const named = authority.issue('DNS:other.example', 'other');
    const misnamed = await world.natsServer({ args: ['--config', world.file('n.conf', `tls { cert_file: "${named.certificate}", key_file: "${named.key}" }\n`)] });
    const plain = await world.natsServer();
    const all = await Promise.all([
      start(`tls://localhost:${nats.port}`, stranger.ca), start(`tls://localhost:${nats.port}`), start(`tls://localhost:${misnamed.port}`, authority.ca),
      start(`nats://localhost:${plain.port}`, authority.ca),
    ]);
    for (const { client, child } of all) {
      await eventually('it says that it cannot', () => /NATS: cannot connect yet/.test(child.stderr), { deadline: 20_000 });
      assert.equal((await client.get('/readyz')).status, 503);
    }
  });
});
