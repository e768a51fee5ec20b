// SPDX-License-Identifier: MIT
// Secrets are in no log, output, argument, answer or message.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import https from 'node:https';
import { createUser } from 'nkeys.js';
import { Authority } from './lib/certificates.mjs';
import { checkCompleted, town } from './lib/contract.mjs';
import { audience, bearer, Issuer, issuer } from './lib/issuer.mjs';
import { NatsServer } from './lib/nats_server.mjs';
import { operated } from './lib/operator.mjs';
import { freePort } from './lib/ports.mjs';
import { newSession, Stream } from './lib/streams.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('what is secret is nowhere to be read', async (world) => {
  const canary = 'canary-5f2b9c7d1e';
  const seed = createUser();
  const config = `authorization { users: [ { user: tidings, password: "${canary}" }, { nkey: "${seed.getPublicKey()}" } ] }\n`;
  const nats = new NatsServer();
  Object.assign(nats, { store: world.directory(), args: ['--config', world.file('nats.conf', config)], port: await freePort() });
  nats.url = `nats://127.0.0.1:${nats.port}`;
  await nats.start();
  world.adopt(nats);
  const issued = await Issuer.make(world);
  const seedText = new TextDecoder().decode(seed.getSeed());
  const told = async (tidings) => {
    const { client } = tidings;
    const token = await issued.token('anna', { claims: { canary } });
    const answers = [
      await client.get('/readyz'), await client.get('/metrics', { headers: bearer(token) }), await client.get('/model', { headers: bearer(token) }), await client.get('/services', { headers: bearer(token) }),
      await client.get('/openapi.json', { headers: bearer(token) }), await client.get(`/locations/${canary.length}`, { headers: bearer(`${token}x`) }),
      await client.get('/events?ticket=secret-ticket', {}), await client.command('CreateLocation', {}, { headers: bearer(token) }),
      await client.get('/nothing', { headers: { cookie: `tidings_token=${token}; tidings_session=${canary}` } }),
    ];
    const places = {
      log: tidings.child.stderr, output: tidings.child.stdout, 'process list': fs.readFileSync(`/proc/${tidings.child.pid}/cmdline`, 'latin1'),
      ...Object.fromEntries(answers.map((answer, i) => [`answer ${i}`, JSON.stringify([answer.headers, answer.text])])),
    };
    for (const [place, text] of Object.entries(places))
      for (const secret of [canary, seedText, token, token.split('.')[1], 'secret-ticket']) assert.ok(!text.includes(secret), `${place} tells ${secret.slice(0, 20)}`);
  };
  const args = [...issued.args, '--log-level', 'trace'];

  await world.claim('a password in a file', async () => {
    const tidings = await world.tidings({ nats: nats.url, args: [...args, '--nats-user', 'tidings', '--nats-password-file', world.file('password', `${canary}\n`)] });
    await told(tidings);
    const headers = bearer(await issued.token('anna'));
    checkCompleted(await tidings.client.command('CreateLocation', town('Oslo'), { wait: 5, headers }));
  });
  await world.claim('a password in the environment', async () => {
    const store = world.directory();
    const tidings = world.launch(['serve', '--listen', '127.0.0.1:0', ...args], { cwd: store, env: { TIDINGS_NATS: nats.url.replace('//', `//tidings:${canary}@`) } });
    await tidings.listening();
    await tidings.client.waitReady();
    await told(tidings);
  });
  await world.claim('the seed of an NKey in a file', async () => {
    const tidings = await world.tidings({ nats: nats.url, args: [...args, '--nats-nkey-file', world.file('seed', `${seedText}\n`)] });
    await told(tidings);
  });
  await world.claim('a file of credentials, as nsc makes them', async () => {
    const { config: operator, creds, seed: secret } = operated();
    const other = await world.natsServer({ args: ['--config', world.file('operator.conf', operator)] });
    const tidings = await world.tidings({ nats: other.url, args: [...args, '--nats-creds', world.file('user.creds', creds)] });
    await told(tidings);
    assert.ok(!tidings.child.stderr.includes(secret));
    const refused = await world.tidings({ nats: other.url, ready: false, args: [...args, '--nats-creds', world.file('other.creds', operated().creds)] });
    await eventually('strangers may not', () => /NATS: cannot connect yet/.test(refused.child.stderr));
  });
  await world.claim('nor when it is wrong', async () => {
    const wrong = async (more, env = {}) => {
      const tidings = world.launch(['serve', '--listen', '127.0.0.1:0', '--log-level', 'trace', ...more], { env });
      return tidings;
    };
    const bad = await wrong(['--nats', `http://tidings:${canary}@host:1`]);
    assert.equal((await bad.child.exited()).code, 2);
    assert.ok(!bad.child.stderr.includes(canary), bad.child.stderr);
    const refused = await wrong(['--nats', nats.url, '--nats-user', 'tidings', '--nats-password-file', world.file('password', `${canary}-wrong`)]);
    await refused.listening();
    await eventually('it says that it may not', () => /NATS: cannot connect yet/.test(refused.child.stderr));
    assert.ok(!refused.child.stderr.includes(canary));
    const noSeed = await wrong(['--nats', nats.url, '--nats-nkey-file', world.file('seed', `S${canary}`)]);
    assert.notEqual((await noSeed.child.exited()).code, 0);
    assert.match(noSeed.child.stderr, /--nats-nkey-file/);
    assert.ok(!noSeed.child.stderr.includes(canary));
    noSeed.close = () => {};
  });
});

/** Everything that passes through a NATS server, as text. */
async function overhear(world, url) {
  const heard = { text: '' };
  (await world.spy(url)).subscribe('>', { callback: (error, msg) => {
    const fields = [...(msg.headers?.keys() ?? [])].map((name) => `${name}: ${msg.headers.values(name)}`);
    heard.text += `${msg.subject} ${msg.reply ?? ''} ${fields} ${Buffer.from(msg.data).toString('utf8')}\n`;
  } });
  return heard;
}

test('who callers are does not travel', async (world) => {
  const nats = await world.natsServer();
  const heard = await overhear(world, nats.url);
  const trace = ['--log-level', 'trace'];
  const nowhere = (child, secrets) => {
    assert.ok(heard.text.length > 1000);
    for (const [where, text] of Object.entries({ NATS: heard.text, log: child.stderr, output: child.stdout, arguments: fs.readFileSync(`/proc/${child.pid}/cmdline`, 'latin1') }))
      for (const secret of secrets) assert.ok(!text.includes(secret), `${where} tells ${secret.slice(0, 20)}`);
  };

  await world.claim('a token by header and cookie, a ticket, and the secret that HS256 goes by', async () => {
    const secret = 'canary-3c1e, which has at least thirty-two bytes';
    const args = ['--auth', 'jwt', '--jwt-alg', 'HS256', '--jwt-secret-file', world.file('secret', `${secret}\n`), '--jwt-issuer', issuer, '--jwt-audience', audience];
    const { client, child, origin } = await world.tidings({ nats: nats.url, args: [...args, ...trace] });
    const issued = await Issuer.make(world);
    const token = await issued.token('canary-subject', { algorithm: 'HS256', key: new TextEncoder().encode(secret) });
    const done = checkCompleted(await client.command('CreateLocation', town('Oslo'), { wait: 5, headers: bearer(token) }));
    checkCompleted(await client.get(`/commands/${done.command_id}`, { headers: { cookie: `tidings_token=${token}` } }));
    await client.get('/locations', { headers: { ...bearer(token), 'after-command': done.command_id } });
    await client.command('Elsewhere', {}, { headers: bearer(token) });
    const { ticket } = (await client.request('POST', '/events/ticket', { headers: bearer(token) })).json;
    const stream = world.adopt(await Stream.open(origin, `/events?ticket=${ticket}`));
    await eventually('a place', () => stream.position);
    nowhere(child, [secret, token, token.split('.')[1], token.split('.')[2], ticket, 'canary-subject']);
    assert.ok(!stream.text.includes(ticket));
  });
  await world.claim('a session', async () => {
    const { client, child, origin } = await world.tidings({ nats: nats.url, args: trace });
    const { session, headers } = await newSession(client);
    const stream = world.adopt(await Stream.open(origin, '/events', { session }));
    const told = await client.command('CreateLocation', town('Rome'), { wait: 5, headers });
    checkCompleted(told);
    await client.command('Elsewhere', {}, { headers });
    await stream.take(1);
    nowhere(child, [session]);
    assert.ok(!told.text.includes(session) && !stream.text.includes(session));
  });
  await world.claim('the key of our certificate', async () => {
    const authority = new Authority(world);
    const { certificate, key } = authority.issue('IP:127.0.0.1');
    const tidings = world.launch(['serve', '--listen', '127.0.0.1:0', '--nats', nats.url, '--tls-cert', certificate, '--tls-key', key, ...trace]);
    const [, origin] = await tidings.child.printed(/listens on (https:\S+)/);
    const ask = () => new Promise((resolve, reject) => https.get(`${origin}/readyz`, { ca: authority.pem, agent: false }, (answer) => (answer.resume(), resolve(answer.statusCode))).on('error', reject));
    await eventually('it is ready', async () => (await ask()) === 200);
    const lines = fs.readFileSync(key, 'utf8').split('\n').filter((line) => line.length > 20 && !line.startsWith('-'));
    assert.ok(lines.length > 1);
    fs.writeFileSync(certificate, `${lines.join('\n')}\n`); // the wrong file, as it happens
    tidings.child.kill('SIGHUP');
    await eventually('it says that this is none', () => /--tls-cert/.test(tidings.child.stderr));
    nowhere(tidings.child, lines);
  });
  await world.claim('a password in the URL of keys is refused, and not shown', async () => {
    for (const url of ['https://user:canary-4d@login.example/keys', 'https://user:canary-4d@', 'ftp://user:canary-4d@login.example/keys', 'https://user:canary-4d@login.example/#']) {
      const { child } = world.launch(['serve', '--listen', '127.0.0.1:0', '--nats', nats.url, '--auth', 'jwt', '--jwks', url, '--jwt-issuer', issuer, '--jwt-audience', audience]);
      assert.equal((await child.exited()).code, 2);
      assert.match(child.stderr, /takes no user and password|is not a URL like/);
      assert.ok(!(child.stderr + child.stdout).includes('canary'), child.stderr);
    }
  });
});
