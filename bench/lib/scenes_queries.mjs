// SPDX-License-Identifier: MIT
// Queries: a document by its key and a list of a hundred, among few documents and among many; and starting with very many.
import { beast } from '../contestants/floors.mjs';
import { nodeGateway } from '../contestants/node_gateway.mjs';
import { tidings } from '../contestants/tidings.mjs';
import { eventually } from '../../tests/integration/lib/wait.mjs';
import { fill, wrk } from './load.mjs';
import { Meter } from './meter.mjs';

const connections = 64;
const get = '/queries/GetLocation?id=doc-0000500';

/** What Tidings answered: the plain server answers with bodies of the same size. */
const bodies = new Map();

async function fetchBody(origin, path) {
  const answer = await fetch(origin + path);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text.slice(0, 200)}`);
  return text;
}

/** Waits until a list holds what was filled in. */
const filledIn = (origin, contestant) => eventually('the documents are there', async () =>
  JSON.parse(await fetchBody(origin, contestant.list.newest)).payload.items.length === 100, { deadline: 60_000 });

function queryScene(contestant, documents, queries) {
  return {
    contestant, title: `queries among ${documents} documents`, works: Object.keys(queries),
    async run({ scratch, settings, record, step }) {
      const nats = await scratch.nats();
      const { origin, pids } = await contestant.start(scratch, nats);
      await fill({ url: nats.url, documents });
      await filledIn(origin, contestant);
      const meter = new Meter(pids);
      for (const [work, path] of Object.entries(queries)) {
        step(work);
        const body = await fetchBody(origin, path);
        if (contestant === tidings) bodies.set(work, body);
        record(work, meter.charge(await wrk({ origin, path, connections, seconds: settings.seconds, warmUp: settings.warmUp }, meter)));
      }
    },
  };
}

function beastScene(work) {
  return {
    contestant: beast, title: work, works: [work],
    async run({ scratch, settings, record }) {
      const body = bodies.get(work);
      if (!body) throw new Error('Tidings gave no answer to serve');
      const { origin, pids } = await beast.start(scratch, body);
      const meter = new Meter(pids);
      record(work, meter.charge(await wrk({ origin, path: '/', connections, seconds: settings.seconds, warmUp: settings.warmUp }, meter)));
    },
  };
}

function startScene(documents) {
  return {
    contestant: tidings, title: `start with ${documents} keys`, works: [`start/${documents}`],
    async run({ scratch, record }) {
      const nats = await scratch.nats();
      const first = await tidings.start(scratch, nats); // makes the bucket
      await first.process.stop();
      await fill({ url: nats.url, documents });
      const began = performance.now();
      const { origin, pids } = await tidings.start(scratch, nats);
      const seconds = (performance.now() - began) / 1000;
      const meter = new Meter(pids, nats.child.pid);
      meter.cpuBefore = meter.natsBefore = 0;
      meter.machine = { finish: () => 0 };
      meter.end();
      await fetchBody(origin, get);
      record(`start/${documents}`, {
        seconds, resident: meter.resident, nats_resident: meter.natsResident, cpu_seconds: meter.cpu, bytes_a_document: meter.resident / documents,
      });
    },
  };
}

export function queryScenes(settings) {
  const of = (contestant) => ({ get, list: contestant.list.newest });
  return [
    queryScene(tidings, 1000, of(tidings)),
    beastScene('get'),
    beastScene('list'),
    queryScene(nodeGateway, 1000, of(nodeGateway)),
  ];
}

export function sizeScenes(settings) {
  const many = settings.quick ? 20_000 : 100_000;
  const of = (contestant) => ({ [`list/${many}`]: contestant.list.newest, [`list-by-name/${many}`]: contestant.list.name });
  return [
    queryScene(tidings, many, of(tidings)),
    queryScene(nodeGateway, many, of(nodeGateway)),
    startScene(settings.quick ? 100_000 : 1_000_000),
  ];
}
