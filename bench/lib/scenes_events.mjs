// SPDX-License-Identifier: MIT
// Outcomes by Server-Sent Events: how soon, to how many at once, and what an idle stream costs.
import { nchan } from '../contestants/nchan.mjs';
import { nodeGateway } from '../contestants/node_gateway.mjs';
import { tidings } from '../contestants/tidings.mjs';
import { residentOf } from './procfs.mjs';
import { Listeners, openLoop } from './load.mjs';
import { Meter } from './meter.mjs';
import { median } from './results.mjs';

const body = '{"name":"n-{n}","category":"City","description":"Three towers"}';
const path = '/commands/CreateLocation';

// nginx knows no commands: it is given the outcome that Tidings would tell.
const ready = `{"success":true,"command_id":"cmd-891d2d36-3851-4a95-acd7-f2d9c9bc2f8f","timestamp":"2026-01-05T10:00:00.123Z","payload":{"id":"891d2d36-3851-4a95-acd7-f2d9c9bc2f8f",${body.slice(1, -1)},"created_at":"2026-01-05T10:00:00.123Z"},"error":null,"command_type":"CreateLocation","status":"completed","stage":"projected","code":null,"key":"891d2d36-3851-4a95-acd7-f2d9c9bc2f8f","revision":1,"actions":[{"type":"redirect","data":"/locations/891d2d36-3851-4a95-acd7-f2d9c9bc2f8f"}],"links":{"self":"/commands/cmd-891d2d36-3851-4a95-acd7-f2d9c9bc2f8f","events":"/commands/cmd-891d2d36-3851-4a95-acd7-f2d9c9bc2f8f/events"}}`;

async function begin(contestant, scratch) {
  if (contestant === nchan) {
    const started = await nchan.start(scratch);
    return { ...started, headers: {}, publish: '/publish', body: ready };
  }
  const nats = await scratch.nats();
  const started = await contestant.start(scratch, nats);
  const { session } = await (await fetch(`${started.origin}/session`, { method: 'POST' })).json();
  return { ...started, nats, headers: { 'Tidings-Session': session }, publish: path, body };
}

function latencyScene(contestant, rate) {
  const work = `events/${rate}`;
  return {
    contestant, title: 'command to event', works: [work],
    async run({ scratch, settings, record }) {
      const { origin, pids, nats, headers } = await begin(contestant, scratch);
      const meter = new Meter(pids, nats.child.pid);
      const result = await openLoop({
        origin, path, body, headers, rate, connections: 64, events: '/events', seconds: settings.seconds, warmUp: settings.warmUp,
      }, meter);
      // What counts is the event, not the 202 before it.
      record(work, { ...meter.charge(result), ...result.events });
    },
  };
}

function listenerScene(contestant, { idle, crowd, rounds }) {
  return {
    contestant, title: 'event streams', works: [`idle/${idle}`, `fan-out/${crowd}`],
    async run({ scratch, settings, record, step }) {
      step(`idle/${idle}`);
      await withListeners(contestant, idle, async ({ pids, before }) => {
        await new Promise((resolve) => setTimeout(resolve, settings.quick ? 2_000 : 20_000)); // a sign of life comes every 15 s
        const resident = pids.reduce((sum, pid) => sum + residentOf(pid), 0);
        record(`idle/${idle}`, { count: idle, resident, bytes_a_connection: (resident - before) / idle });
      });
      step(`fan-out/${crowd}`);
      await withListeners(contestant, crowd, async ({ pids, nats, listeners }) => {
        await listeners.round(); // warm
        const meter = new Meter(pids, nats?.child.pid);
        const all = [];
        meter.begin(listeners.child.pid);
        for (let i = 0; i < rounds; i += 1) all.push(await listeners.round());
        meter.end();
        const of = (name) => median(all.map((round) => round[name]));
        record(`fan-out/${crowd}`, meter.charge({
          count: crowd * rounds, p50_us: of('p50_us'), p99_us: of('p99_us'), p999_us: of('p999_us'), max_us: of('max_us'),
          per_second: crowd / (of('max_us') / 1e6),
        }));
      });

      async function withListeners(who, count, measure) {
        const { origin, pids, nats, headers, publish, body: text } = await begin(who, scratch);
        const before = pids.reduce((sum, pid) => sum + residentOf(pid), 0);
        const listeners = await Listeners.open({ origin, path: '/events', publish, body: text, headers, count });
        try {
          await measure({ pids, nats, listeners, before });
        } finally {
          await listeners.close();
        }
      }
    },
  };
}

export function eventScenes(settings) {
  const size = settings.quick ? { idle: 2000, crowd: 1000, rounds: 5 } : { idle: 10_000, crowd: 1000, rounds: 20 };
  return [
    latencyScene(tidings, 500),
    latencyScene(nodeGateway, 500),
    ...[tidings, nchan, nodeGateway].map((contestant) => listenerScene(contestant, size)),
  ];
}
