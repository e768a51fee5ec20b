// SPDX-License-Identifier: MIT
// What is in the streams, by nats-server's own monitoring: proof that the work was done, and that it was the same work.
import assert from 'node:assert/strict';
import { eventually } from '../../tests/integration/lib/wait.mjs';

async function details(nats) {
  const answer = await fetch(`${nats.monitor}/jsz?streams=1&consumers=1&config=1`);
  const body = await answer.json();
  return new Map((body.account_details?.[0]?.stream_detail ?? []).map((stream) => [stream.name, stream]));
}

export async function counts(nats) {
  const streams = await details(nats);
  const of = (name) => streams.get(name)?.state.messages ?? 0;
  return { commands: of('COMMANDS'), entries: of('KV_locations'), outcomes: of('NOTIFICATIONS'), dead: of('DEAD_LETTERS') };
}

/** Waits until every command has its outcome; what is accepted but not done does not count as done. */
export async function settled(nats, { deadline = 120_000 } = {}) {
  return eventually('every command has its outcome', async () => {
    const now = await counts(nats);
    return now.outcomes >= now.commands && now;
  }, { deadline });
}

/** Settings that decide how much work a server has with a stream or consumer. */
function settings(stream) {
  const { name: _, ...config } = stream.config;
  const durable = (stream.consumer_detail ?? []).map((consumer) => consumer.config).find((c) => c.durable_name);
  if (!durable) return { config };
  const { durable_name: _d, name: _n, deliver_subject: _s, ...rest } = durable;
  return { config, durable: rest };
}

/** The settings of everything a command passes; comparable between contestants. */
export async function describeStreams(nats) {
  const streams = await details(nats);
  return Object.fromEntries(['COMMANDS', 'KV_locations', 'NOTIFICATIONS'].map((name) => [name, settings(streams.get(name))]));
}

/** Throws when `other` gives nats-server other work than Tidings does. */
export function assertSameStreams(tidings, other, who) {
  assert.deepEqual(other, tidings, `${who} has other streams or another durable consumer than Tidings: it would not be the same work`);
}
