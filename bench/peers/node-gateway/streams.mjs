// SPDX-License-Identifier: MIT
// Streams, bucket and the durable consumer as Tidings makes them; bench/run.mjs compares.
import { AckPolicy, DeliverPolicy, DiscardPolicy, jetstreamManager, ReplayPolicy, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { createInbox, nanos } from '@nats-io/transport-node';

export const durable = 'reactor-node';

export async function makeStreams(connection) {
  const manager = await jetstreamManager(connection);
  const make = (name, subject, extra = {}) => manager.streams.add({
    name, subjects: [subject], retention: RetentionPolicy.Limits, storage: StorageType.File, num_replicas: 1, allow_direct: true, ...extra,
  });
  await make('COMMANDS', 'commands.*.*.*', { duplicate_window: nanos(120_000) });
  await make('NOTIFICATIONS', 'notifications.*.*', { max_age: nanos(24 * 3_600_000) });
  await make('DEAD_LETTERS', 'dead.*.*');
  await make('KV_locations', '$KV.locations.>', {
    max_msgs_per_subject: 1, discard: DiscardPolicy.New, allow_rollup_hdrs: true, deny_delete: true,
  });
  await manager.consumers.add('COMMANDS', {
    durable_name: durable,
    deliver_subject: createInbox(),
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: 1,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(30_000),
    max_ack_pending: 1024,
    num_replicas: 1,
    max_deliver: -1,
    replay_policy: ReplayPolicy.Instant,
    idle_heartbeat: nanos(2_000),
  });
}
