// SPDX-License-Identifier: MIT
// A real nats-server with JetStream, which tests may kill, stop and start again on the same port and store.
import { Child } from './child.mjs';
import { accepts, freePort } from './ports.mjs';
import { eventually } from './wait.mjs';

// Debian puts it where only root's PATH looks.
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };

export class NatsServer {
  /** @param store Directory for JetStream. @param args More arguments, e.g. a configuration. */
  static async start({ store, port, args = [] }) {
    const server = new NatsServer();
    server.store = store;
    server.args = args;
    server.port = port ?? (await freePort());
    server.url = `nats://127.0.0.1:${server.port}`;
    await server.start();
    return server;
  }

  async start() {
    this.child = new Child('nats-server', 'nats-server', [
      '--addr', '127.0.0.1', '--port', String(this.port), '--jetstream', '--store_dir', this.store, ...this.args,
    ], { env });
    await eventually(`nats-server accepts on ${this.port}`, () => {
      if (this.child.end) throw new Error(this.child.stderr);
      return accepts(this.port);
    });
  }

  /** As in a crash. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.child.exited();
  }

  /** Neither reads nor answers, but its connections stay open. */
  freeze() {
    return this.child.freeze();
  }

  thaw() {
    this.child.thaw();
  }

  async close() {
    if (!this.child.end) await this.child.stop();
  }

  report() {
    return this.child.report();
  }
}
