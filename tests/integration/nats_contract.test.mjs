// SPDX-License-Identifier: MIT
// /asyncapi.json against what really travels over NATS: every message on Tidings' subjects must be one that its channel
// documents, with no header beside the documented ones, and every channel must have been used.
import assert from 'node:assert/strict';
import { StringCodec } from 'nats';
import { AsyncApi } from './lib/asyncapi.mjs';
import { orders, serveOrders } from './lib/orders.mjs';
import { commands, freshId, prepared } from './lib/provoke.mjs';
import { example } from './lib/tidings.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const text = StringCodec();
const made = { GetLocation: 'CreateLocation', GetUser: 'CreateUser', GetOrder: 'Decide' };
const plain = (headers) => Object.fromEntries([...(headers ?? [])].map(([name, [value]]) => [name, value]));

test('every message over NATS is documented', async (world) => {
  const nats = await world.natsServer();
  const models = [example('locations'), example('users'), world.file('orders.json', orders)];
  const spy = await world.spy(nats.url);
  const messages = [];
  const replies = new Map(); // reply subject -> the channel of the request
  // The spy sees replies too: they go to inboxes that requests have named before.
  for (const subject of ['commands.>', 'queries.>', 'notifications.>', 'progress.>', 'dead.>', '$KV.>', 'rules.>', '$SRV.>', '_INBOX.>'])
    spy.subscribe(subject, { callback: (error, msg) => messages.push({ subject: msg.subject, reply: msg.reply, text: text.decode(msg.data), headers: plain(msg.headers) }) });
  await spy.flush();
  const { client } = await world.tidings({ nats: nats.url, models, args: ['--demo'] });
  await serveOrders(await world.spy(nats.url));
  const contract = new AsyncApi((await client.get('/asyncapi.json')).json);
  const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  const caller = await world.spy(nats.url);
  const ask = async (subject, body) => JSON.parse(text.decode((await caller.request(subject, text.encode(JSON.stringify(body)), { timeout: 10_000 })).data));
  const envelope = (field, type, id, payload, sender = 'test') => ({ [`${field}_type`]: type, [`${field}_id`]: id, service_id: sender, timestamp: new Date().toISOString(), payload });

  await world.claim('there is traffic on all of them', async () => {
    for (const [type, { payload }] of Object.entries(commands)) {
      const id = await prepared(client, type);
      const headers = { ...trace, 'tidings-ttl-ms': '60000', 'tidings-delay-ms': '1', 'if-match': '"999999"' };
      assert.equal((await client.command(type, payload(id), { wait: 10, key: freshId(), headers })).status, 412);
      const answer = await ask(`commands.${type}`, envelope('command', type, freshId(), payload(id)));
      assert.equal(answer.command_type, type, JSON.stringify(answer));
      assert.equal((await ask(`commands.${type}`, envelope('command', type, freshId(), [], 'wrong'))).code, 'schema_violation');
    }
    for (const type of ['GetLocation', 'GetUser', 'GetOrder', 'ListLocations', 'ListUsers', 'SearchUsers'])
      for (const [payload, sender, code] of type.startsWith('Get') ? [[{ id: 'nothing' }, 'test', 'not_found'], [{}, 'wrong', 'schema_violation']]
        : [[{}, 'test'], [{ limit: 0 }, 'wrong', 'schema_violation']])
        assert.equal((await ask(`queries.${type}`, envelope('query', type, freshId(), payload, sender))).code, code);
    for (const type of ['GetLocation', 'GetUser', 'GetOrder']) {
      const id = await prepared(client, made[type]);
      await client.command(made[type], commands[made[type]].payload(id), { wait: 10 });
      assert.equal((await ask(`queries.${type}`, envelope('query', type, freshId(), { id }))).success, true);
    }
    const buried = await client.command('Bury', { id: freshId(), bury: true }, { wait: 20, headers: trace });
    assert.equal(buried.json.code, 'dead_lettered', buried.text);
    assert.equal((await client.command('Elsewhere', { mode: 'completed' }, { headers: trace })).status, 200);
    assert.equal((await client.query('Elsewhere', { mode: 'completed' })).status, 200);
    const { id: instance } = await ask('$SRV.PING.locations', {});
    for (const verb of ['PING', 'INFO', 'STATS'])
      for (const to of ['', '.locations', `.locations.${instance}`]) {
        const report = await ask(`$SRV.${verb}${to}`, {});
        assert.equal(report.type, `io.nats.micro.v1.${verb.toLowerCase()}_response`);
      }
    assert.equal((await client.get('/services')).json.services.length, 3);
    const letters = () => messages.filter((x) => x.subject.startsWith('dead.')).length;
    await eventually('the dead letter', () => letters() === 1);
    const { child } = world.launch(['dead', 'retry', buried.json.command_id, '--nats', nats.url]);
    assert.equal((await child.exited(20_000)).code, 0, child.stderr);
    await eventually('it is given up again', () => letters() === 2);
    await eventually('and told', () => messages.some((x) => x.subject.startsWith('notifications.') && x.headers['Tidings-Retry']));
    await spy.flush();
  });

  await world.claim('each message is one that its channel documents', () => {
    const leases = (x) => x.subject.startsWith('$KV.tidings_leases.'); // between reactors, nobody else's business
    for (const { subject, reply, text: data, headers } of messages.filter((x) => !leases(x))) {
      if (!subject.startsWith('_INBOX.')) {
        const channel = contract.channelOf(subject);
        // What the test itself sent to be refused is no message of the channel; the reply to it is.
        if (!data.includes('"service_id":"wrong"')) contract.check(channel, data, expected(channel, headers));
        if (reply && contract.replyOf(channel)) replies.set(reply, contract.replyOf(channel));
      } else if (replies.has(subject)) {
        contract.check(replies.get(subject), data);
      }
    }
  });

  /** Requests of the nats client carry no headers of ours; what a stream stores must have its own. */
  function expected(channel, headers) {
    return channel.startsWith('stream.') || Object.keys(headers).length > 0 ? headers : undefined;
  }

  await world.claim('no channel was left out', () => {
    assert.deepEqual(contract.unseen(), []);
  });

  await world.claim('and a message that is none is refused', () => {
    assert.throws(() => contract.check('notifications', '{"success":true}', { 'Tidings-Status': 'completed' }), /required/);
    assert.throws(() => contract.check('bucket.users', '{"id":"a"}', { 'Tidings-Colour': 'red' }), /Tidings-C/);
    assert.throws(() => contract.channelOf('commands.x.y'), /not documented/);
  });
});
