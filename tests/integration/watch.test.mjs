// SPDX-License-Identifier: MIT
// `tidings watch`: the events of a session, a line each.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Authority } from './lib/certificates.mjs';
import { checkCompleted, checkPending, town } from './lib/contract.mjs';
import { bearer, Issuer } from './lib/issuer.mjs';
import { newSession } from './lib/streams.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

test('watch prints what happens, and comes back after a restart', async (world) => {
  const nats = await world.natsServer();
  const first = await world.tidings({ nats: nats.url, args: ['--demo'] });
  const { client, origin } = first;
  const { session, headers } = await newSession(client);
  const command = (name, more = {}) => client.command('CreateLocation', town(name, more), { wait: 5, headers });
  const missed = checkCompleted(await command('missed', { id: 'missed' }));

  await world.claim('from a position, a line an event', async () => {
    const { child } = world.launch(['watch', '--url', origin, '--session', session, '--last-event-id', '0']);
    await child.printed(new RegExp(`^\\S+Z  completed  CreateLocation  ${missed.command_id}  missed$`, 'm'));
    const rejected = await command('again', { id: 'missed' });
    await child.printed(new RegExp(`^\\S+Z  failed  CreateLocation  ${rejected.json.command_id}  missed  \\S.*$`, 'm'));
    child.kill('SIGINT');
    assert.deepEqual(await child.exited(), { code: 0, signal: null });
  });

  await world.claim('as documents; a command of its own ends it', async () => {
    const { command_id: id } = checkPending(await client.command('CreateLocation', town('slow'), { headers: { ...headers, 'tidings-delay-ms': '500' } }));
    const { child } = world.launch(['watch', '--url', origin, '--session', session, '--command', id, '--json']);
    assert.deepEqual(await child.exited(), { code: 0, signal: null });
    const lines = child.stdout.trim().split('\n');
    assert.deepEqual(lines.map((line) => JSON.parse(line).status), ['pending', 'completed']);
    assert.equal(lines[1], (await client.get(`/commands/${id}`, { headers })).text);
  });

  await world.claim('without a session it makes one and says which', async () => {
    const { child } = world.launch(['watch', '--url', origin]);
    const own = await eventually('the session', () => /^session (\S+)$/m.exec(child.stderr)?.[1]);
    // Its stream begins a moment after that; only what comes later is live.
    const seen = await eventually('an event', async () => {
      await client.command('CreateLocation', town('x'), { wait: 5, headers: { 'tidings-session': own } });
      return child.stdout.includes('completed');
    });
    assert.ok(seen);
    child.kill('SIGINT');
    await child.exited();
  });

  await world.claim('what cannot be is refused with a sentence', async () => {
    for (const args of [['--url', 'ftp://x'], ['--session', 'a b'], ['--last-event-id', 'x\ny']]) {
      const { child } = world.launch(['watch', ...args]);
      assert.equal((await child.exited()).code, 2);
      assert.match(child.stderr, /^tidings: .+\n$/);
    }
    const { child } = world.launch(['watch', '--url', origin, '--session', session, '--command', 'cmd-unknown']);
    assert.equal((await child.exited()).code, 1);
  });

  await world.claim('after a restart it goes on where it was', async () => {
    const { child } = world.launch(['watch', '--url', origin, '--session', session, '--last-event-id', '0', '--json']);
    await child.printed(/missed/);
    await first.stop();
    const again = await world.tidings({ nats: nats.url, args: ['--listen', new URL(origin).host] });
    const done = checkCompleted(await again.client.command('CreateLocation', town('later'), { wait: 20, headers }));
    await child.printed(new RegExp(done.command_id));
    const ids = child.stdout.trim().split('\n').map((line) => JSON.parse(line).command_id);
    assert.equal(new Set(ids).size, ids.length, 'nothing twice');
  });
});

test('watch comes in by HTTPS and with a token', async (world) => {
  const issued = await Issuer.make(world);
  const authority = new Authority(world);
  const { certificate, key } = authority.issue('IP:127.0.0.1');
  const nats = await world.natsServer();
  const secure = world.launch(['serve', '--listen', '127.0.0.1:0', '--nats', nats.url, '--tls-cert', certificate, '--tls-key', key, ...issued.args]);
  const [, url] = await secure.child.printed(/listens on (https:\/\/127\.0\.0\.1:\d+)/);
  const { client } = await world.tidings({ nats: nats.url, args: issued.args });
  const token = await issued.token('anna');
  const file = world.file('token', `${token}\n`);

  await world.claim('its caller\'s events are printed, and the token is in no argument', async () => {
    const { child } = world.launch(['watch', '--url', url, '--ca', authority.ca, '--token-file', file, '--last-event-id', '0']);
    const { command_id: id } = checkCompleted(await client.command('CreateLocation', town('one'), { wait: 5, headers: bearer(token) }));
    await child.printed(new RegExp(`completed  CreateLocation  ${id}`));
    assert.ok(!fs.readFileSync(`/proc/${child.pid}/cmdline`, 'latin1').includes(token));
    child.kill('SIGINT');
    await child.exited();
  });
  await world.claim('without: 1, with a hint; a file without a token: 2', async () => {
    const none = world.launch(['watch', '--url', url, '--ca', authority.ca, '--command', 'cmd-1']);
    assert.equal((await none.child.exited()).code, 1);
    assert.match(none.child.stderr, /answers 401; --token-file/);
    const bad = world.launch(['watch', '--url', url, '--token-file', world.file('bad', 'no token!')]);
    assert.equal((await bad.child.exited()).code, 2);
    assert.match(bad.child.stderr, /--token-file/);
  });
  await world.claim('a gateway that nobody vouches for is told of nothing', async () => {
    const { child } = world.launch(['watch', '--url', url, '--token-file', file]);
    await eventually('it says why', () => /certificate verify failed/.test(child.stderr));
    child.kill('SIGINT');
    await child.exited();
  });
});
