// SPDX-License-Identifier: MIT
// How the process starts, refuses to start, survives its nats-server and leaves nothing behind.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { checkCompleted, checkQuery, town } from './lib/contract.mjs';
import { accepts, freePort } from './lib/ports.mjs';
import { embeddedServerOf, lives } from './lib/processes.mjs';
import { example } from './lib/tidings.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('what is wrong is said in one sentence, and the program ends with 2', async (world) => {
  const refused = async (args, options, ...hints) => {
    const listen = args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
    const tidings = world.launch(['serve', ...listen, ...args], options);
    const { code } = await tidings.child.exited(15_000);
    assert.equal(code, 2, tidings.child.stderr);
    const lines = tidings.child.stderr.trimEnd().split('\n');
    assert.equal(lines.length, 1, `one sentence, not: ${tidings.child.stderr}`);
    for (const hint of hints) assert.match(lines[0], hint);
    assert.doesNotMatch(tidings.child.stdout, /listens on/);
  };
  const store = world.directory();

  await world.claim('an unknown option', () => refused(['--colour', 'red'], {}, /--colour/));
  await world.claim('an unknown verb', async () => {
    const tidings = world.launch(['fly']);
    assert.equal((await tidings.child.exited()).code, 2);
    assert.match(tidings.child.stderr, /^[^\n]+\n$/);
  });
  await world.claim('an address that is none', () => refused(['--listen', 'nowhere:x', '--store', store], {}, /nowhere:x/));
  await world.claim('a number that is none', () => refused(['--default-wait', 'soon', '--store', store], {}, /default-wait/));

  await world.claim('a model file that does not exist', () =>
    refused(['--store', store, '--model', 'no-such.json'], {}, /no-such\.json/));
  await world.claim('a model file that is not JSON', () => {
    const file = world.file('broken.json', '{"service": ');
    return refused(['--store', store, '--model', file], {}, /broken\.json/);
  });
  await world.claim('a model with a misspelt member', () => {
    const model = JSON.parse(fs.readFileSync(example('locations'), 'utf8'));
    const file = world.file('typo.json', JSON.stringify({ ...model, comands: {} }));
    return refused(['--store', store, '--model', file], {}, /typo\.json/, /comands/);
  });
  await world.claim('two models that claim the same service', () => {
    const copy = world.file('copy.json', fs.readFileSync(example('locations'), 'utf8'));
    return refused(['--store', store, '--model', example('locations'), '--model', copy], {}, /locations/);
  });

  await world.claim('a port in use', async () => {
    const taken = net.createServer();
    await new Promise((resolve) => taken.listen(0, '127.0.0.1', resolve));
    world.adopt({ close: () => new Promise((resolve) => taken.close(resolve)) });
    const { port } = taken.address();
    await refused(['--listen', `127.0.0.1:${port}`, '--store', store], {}, new RegExp(`${port}`));
  });
  await world.claim('no nats-server to start', () =>
    refused(['--store', store], { env: { PATH: '/nonexistent' } }, /nats-server/));
  await world.claim('a store that cannot be written', async () => {
    const file = world.file('occupied', 'a file where a directory should be');
    await refused(['--store', path.join(file, 'store')], {}, /store/);
  });
  await world.claim('a NATS address that is none', () => refused(['--nats', 'http://x'], {}, /http:\/\/x/));
  await world.claim('a durability that there is not', () => refused(['--durability', 'always', '--store', store], {}, /--durability/));
  await world.claim('a config file that does not exist', () => refused(['--config', 'no-such.toml'], {}, /no-such\.toml/));
});

test('a stream that would swallow the command bus is refused by name', async (world) => {
  const nats = await world.natsServer();
  const spy = await world.spy(nats.url);
  await (await spy.jetstreamManager()).streams.add({ name: 'GREEDY', subjects: ['commands.*'] });
  const tidings = world.launch(['serve', '--listen', '127.0.0.1:0', '--nats', nats.url]);
  assert.equal((await tidings.child.exited(15_000)).code, 2);
  assert.match(tidings.child.stderr, /GREEDY/);
});

test('a stream that begins to swallow the command bus is named by readiness until it is gone', async (world) => {
  const nats = await world.natsServer();
  const { client } = await world.tidings({ nats: nats.url });
  const { streams } = await (await world.spy(nats.url)).jetstreamManager();
  for (const subject of ['queries.*', 'commands.*']) {
    await streams.add({ name: 'GREEDY', subjects: [subject] });
    await eventually(`readiness names the stream with ${subject}`, async () => {
      const { status, text } = await client.get('/readyz');
      return status === 503 && text.includes('GREEDY') && text.includes(subject);
    });
    await streams.delete('GREEDY');
    await client.waitReady();
  }
});

test('options come from the environment and from a file, the command line wins', async (world) => {
  await world.claim('TIDINGS_LISTEN and TIDINGS_STORE', async () => {
    const port = await freePort();
    const tidings = world.launch(['serve'], { env: { TIDINGS_LISTEN: `127.0.0.1:${port}`, TIDINGS_STORE: world.directory(), TIDINGS_MODEL: example('locations') } });
    await tidings.listening();
    assert.equal(new URL(tidings.origin).port, String(port));
    await tidings.stop();
  });

  await world.claim('--config', async () => {
    const port = await freePort();
    const store = world.directory();
    const file = world.file('tidings.toml', `listen = "127.0.0.1:${port}"\nstore = "${store}"\nmodel = ["${example('locations')}"]\n`);
    const tidings = world.launch(['serve', '--config', file]);
    await tidings.listening();
    assert.equal(new URL(tidings.origin).port, String(port));
    await tidings.embeddedPort();
    assert.ok(tidings.child.stdout.includes(`store ${store}`), tidings.child.stdout);
    await tidings.stop();
    const other = world.launch(['serve', '--config', file, '--listen', '127.0.0.1:0']);
    await other.listening();
    assert.notEqual(new URL(other.origin).port, String(port));
    await other.stop();
  });
});

test('the embedded nats-server lives and dies with the gateway', async (world) => {
  await world.claim('it is private to the loopback and ends on SIGTERM, with exit code 0', async () => {
    const tidings = await world.tidings();
    const port = await tidings.embeddedPort();
    const child = embeddedServerOf(tidings.child.pid);
    assert.ok(await accepts(port));
    await tidings.stop();
    assert.equal(tidings.child.end.code, 0);
    await eventually('the nats-server ends', () => !lives(child));
  });

  await world.claim('kill -9 of the gateway leaves no orphan', async () => {
    const tidings = await world.tidings();
    const child = embeddedServerOf(tidings.child.pid);
    assert.ok(lives(child));
    await tidings.kill();
    await eventually('the nats-server ends', () => !lives(child));
  });

  await world.claim('killed, it is started again, and nothing is lost', async () => {
    const tidings = await world.tidings();
    const { client } = tidings;
    const before = checkCompleted(await client.command('CreateLocation', town('Before'), { wait: 5 }));
    for (let round = 0; round < 2; round += 1) {
      const child = embeddedServerOf(tidings.child.pid);
      process.kill(child, 'SIGKILL');
      await eventually('another nats-server runs', () => ![undefined, child].includes(embeddedServerOf(tidings.child.pid)));
      await client.waitReady();
      assert.deepEqual(checkQuery(await client.get(`/locations/${before.key}`)), before.payload);
      checkCompleted(await client.command('CreateLocation', town(`After ${round}`), { wait: 5 }));
    }
    await tidings.stop();
  });
});

test('a restart with the same store keeps documents, outcomes and idempotency', async (world) => {
  const store = world.directory();
  const first = await world.tidings({ store });
  const kept = await first.client.command('CreateLocation', town('Kept'), { wait: 5, key: 'kept' });
  const removed = await first.client.command('CreateLocation', town('Removed'), { wait: 5 });
  checkCompleted(await first.client.command('RemoveLocation', { id: removed.json.key }, { wait: 5 }));
  const { key } = checkCompleted(kept);

  const check = async ({ client }) => {
    assert.deepEqual(checkQuery(await client.get(`/locations/${key}`)), kept.json.payload);
    assert.equal(checkQuery(await client.get('/queries/ListLocations')).items.length, 1);
    assert.equal((await client.get(`/commands/${kept.json.command_id}`)).text, kept.text);
    const again = await client.command('CreateLocation', town('Kept'), { wait: 5, key: 'kept' });
    assert.equal(again.text, kept.text);
  };
  await world.claim('after SIGTERM', async () => {
    await first.stop();
    const second = await world.tidings({ store });
    await check(second);
    await second.kill();
  });
  await world.claim('after kill -9 of the gateway', async () => check(await world.tidings({ store })));
});

test('readiness tells the truth while there is no nats-server', async (world) => {
  const port = await freePort();
  const tidings = await world.tidings({ nats: `nats://127.0.0.1:${port}`, ready: false });
  assert.match((await tidings.child.printed(/^NATS: (.+)$/m))[1], new RegExp(`${port}`));
  assert.equal((await tidings.client.get('/healthz')).status, 200);
  assert.equal(await tidings.client.ready(), 503);
  await world.natsServer({ port });
  await tidings.client.waitReady();
});

test('of several NATS addresses those that answer are used', async (world) => {
  const [first, second] = [await freePort(), await freePort()];
  const nats = `nats://127.0.0.1:${first},nats://127.0.0.1:${second}`;
  const server = await world.natsServer({ port: second });
  const tidings = await world.tidings({ nats });
  await server.kill();
  await eventually('/readyz answers 503', async () => (await tidings.client.ready()) === 503);
  await world.natsServer({ port: first });
  await eventually('it has found the other', async () => (await tidings.client.get('/readyz')).json.parts.nats.ready);
});
