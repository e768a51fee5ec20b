// SPDX-License-Identifier: MIT
// Commands: the floor, and those who take them over HTTP and NATS.
import { floor } from '../contestants/floors.mjs';
import { moleculer } from '../contestants/moleculer.mjs';
import { nodeGateway } from '../contestants/node_gateway.mjs';
import { tidings, tidingsBusy } from '../contestants/tidings.mjs';
import { bus, marked, openLoop, wrk } from './load.mjs';
import { Meter } from './meter.mjs';
import { assertSameStreams, counts, describeStreams, settled } from './streams.mjs';

const town = '{"name":"Ghent","category":"City","description":"Three towers"}';
const path = '/commands/CreateLocation';
const patient = { Prefer: 'wait=30' };

/** Tidings' own streams, once they are known. */
let expected;

async function sameWork(nats, who) {
  const streams = await describeStreams(nats);
  if (who === tidings) expected = streams;
  else if (expected) assertSameStreams(expected, streams, who.title);
}

/** Every command that was answered must be in all three streams, and nothing may have been given up. */
async function workWasDone(nats, before, answered) {
  const after = await settled(nats);
  const done = { commands: after.commands - before.commands, entries: after.entries - before.entries, outcomes: after.outcomes - before.outcomes };
  if (after.dead > 0) throw new Error(`${after.dead} commands ended as dead letters`);
  for (const [what, count] of Object.entries(done))
    if (count < answered) throw new Error(`${answered} commands were answered, but there are only ${count} ${what}`);
}

function floorScene(inFlight, { readModel = false } = {}) {
  const work = readModel ? `floor-read-model/${inFlight}` : `floor/${inFlight}`;
  return {
    contestant: floor, title: `${inFlight} in flight${readModel ? ', following the bucket' : ''}`, works: [work],
    async run({ scratch, settings, record }) {
      const nats = await scratch.nats();
      const meter = new Meter([], nats.child.pid);
      const result = await marked('bench_floor', floor.program, [
        '--nats', nats.url, '--in-flight', String(inFlight), '--seconds', String(settings.seconds), '--warm-up', String(settings.warmUp),
        ...(readModel ? ['--read-model'] : []),
      ], meter, { deadline: (settings.seconds + settings.warmUp + 40) * 1000 });
      await sameWork(nats, floor);
      await workWasDone(nats, { commands: 0, entries: 0, outcomes: 0 }, result.count);
      record(work, meter.charge(result));
    },
  };
}

/** Commands over HTTP as fast as they are answered; with `headers` that say whether to wait for the outcome. */
function closedLoopScene(contestant, title, levels, headers) {
  return {
    contestant, title: `${title} commands`, works: levels.map((n) => `${title}/${n}`),
    async run({ scratch, settings, record, step }) {
      const nats = await scratch.nats();
      const { origin, pids } = await contestant.start(scratch, nats);
      await sameWork(nats, contestant);
      const meter = new Meter(pids, nats.child.pid);
      for (const connections of levels) {
        const work = `${title}/${connections}`;
        step(work);
        const before = await counts(nats);
        const began = performance.now();
        const result = await wrk({
          origin, path, method: 'POST', body: town, headers, connections, seconds: settings.seconds, warmUp: settings.warmUp,
        }, meter);
        await workWasDone(nats, before, result.answered);
        // Accepting faster than handling only makes a backlog: the time until the last outcome is told counts too.
        const handled = (await counts(nats)).commands - before.commands;
        record(work, { ...meter.charge(result), handled_per_second: handled / ((performance.now() - began) / 1000) });
      }
    },
  };
}

const awaitedScene = (contestant, levels = [1, 64, 256]) => closedLoopScene(contestant, 'awaited', levels, patient);
const acceptedScene = (contestant) => closedLoopScene(contestant, 'accepted', [64, 256], {});

function openLoopScene(contestant, rates) {
  return {
    contestant, title: 'awaited commands at fixed rates', works: rates.map((rate) => `open/${rate}`),
    async run({ scratch, settings, record, step }) {
      const nats = await scratch.nats();
      const { origin, pids } = await contestant.start(scratch, nats);
      const meter = new Meter(pids, nats.child.pid);
      for (const rate of rates) {
        step(`open/${rate}`);
        try {
          const result = await openLoop({
            origin, path, body: town, headers: patient, rate, seconds: settings.seconds, warmUp: settings.warmUp,
          }, meter);
          record(`open/${rate}`, meter.charge(result));
        } catch (error) {
          if (!/not answered in time/.test(error.message)) throw error;
          record(`open/${rate}`, { saturated: true });
          return; // nor could it with a higher rate
        }
        await settled(nats);
      }
    },
  };
}

function busScene(levels) {
  return {
    contestant: tidings, title: 'commands over NATS', works: levels.map((n) => `bus/${n}`),
    async run({ scratch, settings, record, step }) {
      const nats = await scratch.nats();
      const { pids } = await tidings.start(scratch, nats);
      const meter = new Meter(pids, nats.child.pid);
      for (const inFlight of levels) {
        step(`bus/${inFlight}`);
        const before = await counts(nats);
        const result = await bus({
          url: nats.url, subject: 'commands.CreateLocation', body: town, inFlight, seconds: settings.seconds, warmUp: settings.warmUp,
        }, meter);
        await workWasDone(nats, before, result.answered);
        record(`bus/${inFlight}`, meter.charge(result));
      }
    },
  };
}

const requestReplyScene = {
  contestant: moleculer, title: 'request and reply', works: ['awaited/1', 'awaited/64', 'awaited/256'],
  async run({ scratch, settings, record, step }) {
    const nats = await scratch.nats();
    const { origin, pids } = await moleculer.start(scratch, nats);
    const meter = new Meter(pids, nats.child.pid);
    for (const connections of [1, 64, 256]) {
      step(`awaited/${connections}`);
      const result = await wrk({ origin, path, method: 'POST', body: town, connections, seconds: settings.seconds, warmUp: settings.warmUp }, meter);
      record(`awaited/${connections}`, meter.charge(result));
    }
  },
};

export function commandScenes(settings) {
  return [
    // First: what its streams are like is what the others are held against.
    awaitedScene(tidings),
    // What is divided by each other is measured close to each other.
    ...(settings.quick ? [256, 64, 1] : [256, 64, 1, 1024]).map((n) => floorScene(n)),
    awaitedScene(tidingsBusy, [1]),
    busScene(settings.quick ? [256] : [256, 64, 1, 1024]),
    floorScene(256, { readModel: true }),
    awaitedScene(nodeGateway),
    acceptedScene(tidings),
    acceptedScene(nodeGateway),
    openLoopScene(tidings, settings.rates),
    openLoopScene(nodeGateway, settings.rates),
    requestReplyScene,
  ];
}
