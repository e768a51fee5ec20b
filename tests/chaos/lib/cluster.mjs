// SPDX-License-Identifier: MIT
// The processes of one run: one or three nats-servers, two gateways, two reactors, and the links between them.
import fs from 'node:fs';
import path from 'node:path';
import { NatsServer } from '../../integration/lib/nats_server.mjs';
import { freePort } from '../../integration/lib/ports.mjs';
import { serveArguments, Tidings } from '../../integration/lib/tidings.mjs';
import { eventually } from '../../integration/lib/wait.mjs';
import { Link } from './link.mjs';
import { ledgers, notes } from './model.mjs';

/** A process that may be ended and started again; every start has a log of its own. */
class Node {
  starts = 0;
  expected = true; // that it is down
  mortal = false; // a failpoint may kill it

  constructor(name, kind, cluster) {
    Object.assign(this, { name, kind, cluster });
  }

  get child() {
    return this.server ? this.server.child : this.tidings?.child;
  }

  async start(more = {}) {
    this.starts += 1;
    this.expected = false;
    await this.launch(more);
    const { child } = this;
    child.closed.then((end) => {
      this.cluster.keepLog(this, child);
      if (this.mortal && end.signal === 'SIGKILL') return;
      if (!this.expected && this.child === child) this.cluster.history.add({ what: 'death', process: this.name, ...end });
    });
  }

  async kill(signal = 'SIGKILL') {
    this.expected = true;
    const { child } = this;
    child.kill('SIGCONT');
    child.kill(signal);
    return child.exited(20_000);
  }

  freeze() {
    return this.child.freeze();
  }

  thaw() {
    this.child.thaw();
  }
}

export class Cluster {
  nodes = new Map();
  links = new Map(); // process name -> its links, one for each server

  constructor({ history, directory, store }) {
    Object.assign(this, { history, directory, store });
  }

  static async start({ servers = 1, ...options }) {
    const cluster = new Cluster(options);
    cluster.models = [ledgers, notes].map((model) => {
      const file = path.join(cluster.directory, `${model.service}.json`);
      fs.writeFileSync(file, JSON.stringify(model));
      return file;
    });
    try {
      await cluster.#start(servers);
    } catch (error) {
      await cluster.close().catch(() => {});
      throw error;
    }
    return cluster;
  }

  async #start(servers) {
    await this.#startServers(servers);
    for (const [kind, role] of [['gateway', 'gateway'], ['reactor', 'reactor']])
      for (const number of [1, 2]) await this.#addTidings(`${kind}-${number}`, kind, role, servers);
    await this.ready();
  }

  of(kind) {
    return [...this.nodes.values()].filter((node) => node.kind === kind);
  }

  get origins() {
    return this.of('gateway').map(({ origin }) => origin);
  }

  get natsUrls() {
    return this.of('nats').map(({ server }) => server.url);
  }

  async #startServers(count) {
    const configuration = path.join(this.directory, 'nats.conf');
    // Whoever does not read for a while is a slow consumer here, not only after 64 MiB.
    fs.writeFileSync(configuration, 'max_pending: 1MB\nwrite_deadline: "2s"\n');
    const routes = await Promise.all(Array.from({ length: count }, freePort));
    const starting = routes.map(async (route, i) => {
      const node = new Node(`nats-${i + 1}`, 'nats', this);
      this.nodes.set(node.name, node);
      const store = path.join(this.store, node.name);
      const together = ['--server_name', node.name, '--cluster_name', 'chaos', '--cluster', `nats://127.0.0.1:${route}`,
        '--routes', routes.map((port) => `nats://127.0.0.1:${port}`).join(','), '--no_advertise'];
      node.server = Object.assign(new NatsServer(), { store, args: ['-c', configuration, ...(count > 1 ? together : [])], port: await freePort() });
      node.server.url = `nats://127.0.0.1:${node.server.port}`;
      node.launch = () => node.server.start();
      await node.start();
    });
    await Promise.all(starting);
  }

  async #addTidings(name, kind, role, servers) {
    const node = new Node(name, kind, this);
    const links = await Promise.all(this.of('nats').map(({ server }) => Link.start(server.port)));
    const port = await freePort();
    this.nodes.set(name, node);
    this.links.set(name, links);
    node.launch = async ({ env } = {}) => {
      node.tidings?.client?.close();
      node.tidings = Tidings.launch(serveArguments({
        nats: links.map(({ url }) => url).join(','), models: this.models,
        args: ['--listen', `127.0.0.1:${port}`, '--roles', role, '--durability', servers > 1 ? 'replicated' : 'os'],
      }), { cwd: this.directory, env });
      await node.tidings.listening();
      node.origin = node.tidings.origin;
      node.client = node.tidings.client;
    };
    await node.start();
  }

  /** Everybody says to be ready. */
  async ready(deadline = 40_000) {
    for (const node of [...this.of('gateway'), ...this.of('reactor')]) {
      let last;
      await eventually(`${node.name} is ready`, async () => {
        last = await node.client.get('/readyz', { timeout: 2_000 }).catch((error) => ({ text: error.message }));
        return last.status === 200;
      }, { deadline, every: 50 }).catch((error) => {
        throw new Error(`${error.message}: ${last?.text}`);
      });
    }
  }

  keepLog(node, child) {
    fs.writeFileSync(path.join(this.directory, `${node.name}.${node.starts}.log`), `${child.stdout}\n${child.stderr}`);
  }

  /** Ends everything; throws what a sanitizer said. */
  async close() {
    for (const kind of ['reactor', 'gateway', 'nats']) {
      for (const node of this.of(kind)) {
        if (node.child && !node.child.end) await node.kill('SIGTERM').catch(() => node.kill());
        node.tidings?.client?.close();
        node.child?.checkSanitizers();
      }
    }
    for (const links of this.links.values()) for (const link of links) await link.close();
  }
}
