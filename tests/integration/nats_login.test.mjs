// SPDX-License-Identifier: MIT
// How every verb proves to NATS who it is: by a password, an NKey, credentials and certificates, and what comes of bad ones.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createUser } from 'nkeys.js';
import { Authority } from './lib/certificates.mjs';
import { checkCompleted, town } from './lib/contract.mjs';
import { operated } from './lib/operator.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const password = 'canary-77ab12';

async function run(world, args, options = {}) {
  const { child } = world.launch(args, options);
  const { code } = await child.exited(20_000);
  return { code, out: child.stdout, err: child.stderr };
}

test('send, query and dead log in as serve does', async (world) => {
  const authority = new Authority(world);
  const { certificate, key } = authority.issue('DNS:localhost');
  const own = authority.issue('DNS:client.example', 'client');
  const seed = createUser();
  const seedText = new TextDecoder().decode(seed.getSeed());
  const secure = `tls { cert_file: "${certificate}", key_file: "${key}", ca_file: "${authority.ca}", verify: true }\n`;
  const users = `authorization { users: [ { user: tidings, password: "${password}" }, { nkey: "${seed.getPublicKey()}" } ] }\n`;
  const nats = await world.natsServer({ args: ['--config', world.file('nats.conf', secure + users)] });
  const { config, creds } = operated();
  const other = await world.natsServer({ args: ['--config', world.file('operator.conf', secure + config)] });
  const by = (server) => ['--nats', `nats://localhost:${server.port}`, '--nats-ca', authority.ca, '--nats-cert', own.certificate, '--nats-key', own.key];
  const ways = {
    'a password': [...by(nats), '--nats-user', 'tidings', '--nats-password-file', world.file('password', `${password}\r\n`)],
    'an NKey': [...by(nats), '--nats-nkey-file', world.file('seed', `${seedText}\n`)],
    credentials: [...by(other), '--nats-creds', world.file('user.creds', creds)],
  };
  await world.tidings({ args: ways['a password'] });
  await world.tidings({ args: ways.credentials });
  for (const [way, args] of Object.entries(ways))
    await world.claim(`with ${way}, by TLS with a certificate of our own`, async () => {
      const id = way.replace(/\W/g, '');
      const sent = await run(world, ['send', 'CreateLocation', JSON.stringify({ ...town(way), id }), ...args]);
      assert.equal(sent.code, 0, sent.err);
      const asked = await run(world, ['query', 'GetLocation', JSON.stringify({ id }), ...args]);
      assert.equal(JSON.parse(asked.out).payload.name, way);
      const dead = await run(world, ['dead', 'list', ...args]);
      assert.equal(dead.code, 0, dead.err);
    });
  await world.claim('likewise by the environment', async () => {
    const env = { TIDINGS_NATS: `tls://tidings:${password}@localhost:${nats.port}`, TIDINGS_NATS_CA: authority.ca, TIDINGS_NATS_CERT: own.certificate, TIDINGS_NATS_KEY: own.key };
    const asked = await run(world, ['query', 'GetLocation', '{"id":"apassword"}'], { env });
    assert.equal(asked.code, 0, asked.err);
  });
  await world.claim('not without them: exit 1, and the reason', async () => {
    for (const args of [['--nats', nats.url], by(nats), by(nats).slice(0, 4), [...by(nats), '--nats-user', 'tidings', '--nats-password-file', world.file('wrong', 'wrong')]]) {
      const asked = await run(world, ['query', 'GetLocation', '{"id":"1"}', ...args]);
      assert.equal(asked.code, 1, asked.out);
      assert.match(asked.err, /^tidings: cannot connect to \S+: .+\n$/);
    }
  });
  await world.claim('a secret among the arguments is refused, since everybody can read it', async () => {
    for (const verb of [['serve'], ['send', 'X'], ['query', 'X'], ['dead', 'list']])
      for (const given of [['--nats', `nats://tidings:${password}@localhost:1`], [`--nats=nats://token-${password}@localhost:1`]]) {
        const refused = await run(world, [...verb, ...given]);
        assert.equal(refused.code, 2);
        assert.match(refused.err, /^tidings: --nats on the command line holds a secret.*TIDINGS_NATS/);
        assert.ok(!refused.err.includes(password));
      }
  });
});

test('a file that is missing or malformed: exit 2 and one sentence, before anything starts', async (world) => {
  const { creds } = operated();
  const user = ['--nats-user', 'tidings', '--nats-password-file'];
  const authority = new Authority(world);
  const { certificate, key } = authority.issue('DNS:x');
  const directory = world.directory();
  const files = {
    '--nats-creds': ['', 'no credentials', creds.replace(/USER NKEY SEED/g, 'SEED'), creds.replace(/^SU\w{20}/m, 'SUAAAAAAAAAAAAAAAAAAAA'), creds.replace(/^ey.*$/m, 'a.b')],
    '--nats-nkey-file': ['', '\n', 'SUAAA', 'UDKCVA5MIAF6GOH5TE2T2SF54WFBRJPSSDSUBB7ONZDNX4LGOCIBGNM2'],
    '--nats-password-file': ['', '\n', 'x'.repeat(2 * 1024 * 1024)],
    '--nats-ca': ['', 'no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', fs.readFileSync(key, 'utf8')],
    '--nats-cert': ['', 'no certificate', fs.readFileSync(authority.ca, 'utf8')],
    '--nats-key': ['', 'no key', fs.readFileSync(authority.key, 'utf8')],
  };
  const beside = { '--nats-password-file': user.slice(0, 2), '--nats-cert': ['--nats-key', key], '--nats-key': ['--nats-cert', certificate] };
  const verbs = [['serve', '--listen', '127.0.0.1:0', '--store', `${directory}/store`], ['send', 'X'], ['query', 'X'], ['dead', 'list']];
  for (const [option, texts] of Object.entries(files))
    await world.claim(option, async () => {
      const bad = [...texts.map((text, i) => world.file(`bad-${i}`, text)), '/nonexistent/file', directory];
      await Promise.all(bad.flatMap((file, i) => (i === 0 ? verbs : [verbs[0], verbs[1 + (i % 3)]]).map(async (verb) => {
        const refused = await run(world, [...verb, '--nats', 'nats://127.0.0.1:1', ...(beside[option] ?? []), option, file]);
        assert.equal(refused.code, 2, `${verb[0]} ${file}: ${refused.err}`);
        assert.match(refused.err, /^tidings: [^\n]+\n$/);
        assert.ok(refused.err.includes(option), refused.err);
        assert.equal(refused.out, '');
      })));
    });
  assert.equal(fs.existsSync(`${directory}/store`), false);
});

test('secrets are rotated while it runs; what is bad meanwhile changes nothing', async (world) => {
  await world.claim('a password: refused by the server, it comes back once the file is right', async () => {
    const config = world.file('nats.conf', `authorization { user: tidings, password: "${password}" }\n`);
    const nats = await world.natsServer({ args: ['--config', config] });
    const file = world.file('password', password);
    const { client, child } = await world.tidings({ nats: nats.url, args: ['--nats-user', 'tidings', '--nats-password-file', file] });
    checkCompleted(await client.command('CreateLocation', town('Oslo', { id: 'oslo' }), { wait: 5 }));
    fs.writeFileSync(file, '');
    fs.writeFileSync(config, 'authorization { user: tidings, password: "another-password" }\n');
    await nats.kill();
    await nats.start();
    await eventually('it says what is wrong', () => /--nats-password-file.* is empty or cannot be read; what was read before still counts/.test(child.stderr), { deadline: 20_000 });
    assert.equal(await client.ready(), 503);
    assert.equal((await client.get('/healthz')).status, 200);
    assert.ok(child.stderr.match(/what was read before/g).length < 3, 'once');
    fs.writeFileSync(file, 'another-password\n');
    await client.waitReady();
    checkCompleted(await client.command('RenameLocation', { id: 'oslo', name: 'Christiania' }, { wait: 10 }));
    assert.equal((await client.get('/locations/oslo')).json.payload?.name ?? (await client.get('/locations/oslo')).json.name, 'Christiania');
  });
  await world.claim('credentials: read again at each connection, the old ones kept while the file is bad', async () => {
    const { config, creds } = operated();
    const nats = await world.natsServer({ args: ['--config', world.file('operator.conf', config)] });
    const file = world.file('user.creds', creds);
    const { client, child } = await world.tidings({ nats: nats.url, args: ['--nats-creds', file] });
    for (const bad of ['half a file', undefined]) {
      const said = child.stderr.length;
      if (bad) fs.writeFileSync(file, bad);
      else fs.rmSync(file);
      await nats.kill();
      await nats.start();
      await eventually('it says so', () => /--nats-creds.*what was read before still counts/.test(child.stderr.slice(said)), { deadline: 20_000 });
      await client.waitReady();
      checkCompleted(await client.command('CreateLocation', town('Rome'), { wait: 10 }));
    }
  });
  await world.claim('the seed of an NKey, too', async () => {
    const [before, after] = [createUser(), createUser()];
    const text = (pair) => `${new TextDecoder().decode(pair.getSeed())}\n`;
    const only = (pair) => `authorization { users: [ { nkey: "${pair.getPublicKey()}" } ] }\n`;
    const config = world.file('nats.conf', only(before));
    const nats = await world.natsServer({ args: ['--config', config] });
    const file = world.file('seed', text(before));
    const { client } = await world.tidings({ nats: nats.url, args: ['--nats-nkey-file', file] });
    fs.writeFileSync(config, only(after));
    fs.writeFileSync(file, text(after));
    await nats.kill();
    await nats.start();
    await eventually('it notices', async () => (await client.ready()) === 503);
    await client.waitReady();
    checkCompleted(await client.command('CreateLocation', town('Bern'), { wait: 10 }));
  });
});
