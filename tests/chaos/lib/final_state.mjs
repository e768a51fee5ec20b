// SPDX-License-Identifier: MIT
// What is there once everything is healed: from NATS itself, and as every gateway tells it. Plain data for the checker.
import { pause, timely } from '../../integration/lib/wait.mjs';
import { isSettled } from './checker.mjs';
import { gist } from './history.mjs';
import { queryOf } from './model.mjs';

// From the leader, one by one: a consumer may be put on a copy, and nats-server 2.9's may lack messages after a restart.
async function everyMessage(nats, stream) {
  const { streams } = await nats.jetstreamManager();
  const { state } = await streams.info(stream);
  const result = [];
  const all = (async () => {
    for (let seq = state.first_seq; seq <= state.last_seq; ) {
      const message = await streams.getMessage(stream, { seq, next_by_subj: '>' }).catch((error) => {
        if (error.api_error?.err_code === 10037) return undefined; // nothing from there on
        throw error;
      });
      if (!message) break;
      result.push({ seq: message.seq, subject: message.subject, headers: message.header, json: () => message.json(), string: () => message.string() });
      seq = message.seq + 1;
    }
  })();
  await timely(`${stream} is read`, all, 120_000);
  return result;
}

async function consumerState(nats) {
  const manager = await nats.jetstreamManager();
  const { state } = await manager.streams.info('COMMANDS');
  const consumers = (await manager.consumers.list('COMMANDS').next()).filter(({ name }) => name.startsWith('reactor-'));
  return { last: state.last_seq, floors: consumers.map(({ ack_floor, num_pending, num_ack_pending, config }) => ({
    filter: config.filter_subject ?? '', waiting: num_pending, pending: num_ack_pending,
    floor: Math.max(ack_floor.stream_seq, (config.opt_start_seq ?? 1) - 1) })) };
}

/** Waits until every stored command is acknowledged and nothing moves; gives up silently, since the checker will tell. */
export async function quiet(nats, deadline) {
  const end = performance.now() + deadline;
  let last;
  for (let calm = 0; calm < 3 && performance.now() < end; ) {
    const { last: sequence, floors } = await consumerState(nats).catch(() => ({ floors: [] }));
    const done = isSettled({ last: sequence, floors });
    calm = done && sequence === last ? calm + 1 : 0;
    last = sequence;
    await pause(200);
  }
}

export async function fromNats(nats) {
  const commands = (await everyMessage(nats, 'COMMANDS')).flatMap((message) => {
    if (!message.string().startsWith('{')) return []; // poison
    const { command_id: id, command_type: type, payload } = message.json();
    return [{ seq: message.seq, id, type, payload, owner: message.headers.get('Tidings-Owner') }];
  });
  const notifications = (await everyMessage(nats, 'NOTIFICATIONS')).map((message) => {
    const outcome = message.json();
    const [, owner, id] = message.subject.split('.');
    return { seq: message.seq, owner, id, status: outcome.status, revision: outcome.revision, payload: outcome.payload, gist: gist(outcome) };
  });
  const dead = (await everyMessage(nats, 'DEAD_LETTERS')).map((message) => ({
    id: message.subject.split('.').at(-1), reason: message.headers.get('Tidings-Reason'),
  }));
  const entries = [];
  const writes = {};
  const manager = await nats.jetstreamManager();
  for (const bucket of Object.keys(queryOf)) {
    writes[bucket] = (await manager.streams.info(`KV_${bucket}`)).state.last_seq;
    for (const message of await everyMessage(nats, `KV_${bucket}`)) {
      const deleted = message.headers?.get('KV-Operation') === 'DEL';
      entries.push({ bucket, key: message.subject.split('.').at(-1), revision: message.seq, id: message.headers?.get('Tidings-Command-Id'),
        value: deleted ? null : message.json() });
    }
  }
  return { commands, notifications, dead, entries, writes, consumer: await consumerState(nats) };
}

/** What each gateway answers about documents, and about outcomes to their owner and to somebody else. */
export async function fromGateways(gateways, { entries, notifications }, { sessions, stranger, random, most = 300 }) {
  const sample = (list) => (list.length <= most ? list : Array.from({ length: most }, () => random.pick(list)));
  const views = [];
  const statuses = [];
  for (const { name, client } of gateways) {
    for (const { bucket, key } of sample(entries)) {
      const { json } = await client.query(queryOf[bucket], { id: key });
      views.push({ gateway: name, bucket, key, value: json.success ? json.payload : null });
    }
    for (const { owner, id } of sample(notifications)) {
      const session = sessions.get(owner);
      const answer = await client.get(`/commands/${id}`, { headers: session ? { 'tidings-session': session } : {} });
      statuses.push({ gateway: name, id, status: answer.status, gist: answer.status === 200 ? gist(answer.json) : null });
      if (!session) continue;
      const foreign = await client.get(`/commands/${id}`, { headers: { 'tidings-session': stranger } });
      if (foreign.status !== 404) statuses.push({ gateway: name, id, status: foreign.status, stranger: true });
    }
  }
  return { views, statuses };
}
