// SPDX-License-Identifier: MIT
// The binary under test.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './child.mjs';
import { Client } from './http.mjs';

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const binary = process.env.TIDINGS_BIN ?? path.join(repository, 'build/release/tidings');

/** Options of the developer's own shell must not leak into a test. */
function environment(extra) {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('TIDINGS_'));
  return { ...Object.fromEntries(clean), PATH: `${process.env.PATH}:/usr/sbin`, ...extra };
}

export const example = (name) => path.join(repository, 'examples', `${name}.json`);

/** Arguments that serve on a free port. */
export function serveArguments({ nats, store, models = [example('locations')], args = [] }) {
  return [
    'serve', '--listen', '127.0.0.1:0',
    ...(nats ? ['--nats', nats] : []),
    ...(store ? ['--store', store] : []),
    ...models.flatMap((file) => ['--model', file]),
    ...args,
  ];
}

export class Tidings {
  /** Starts the binary with these arguments as they are. */
  static launch(args, { env = {}, cwd } = {}) {
    const tidings = new Tidings();
    tidings.child = new Child('tidings', binary, args, { env: environment(env), cwd });
    return tidings;
  }

  /** Takes the address from the first line it prints. */
  async listening() {
    const match = await this.child.printed(/^Tidings 0\.1\.0 listens on (http:\/\/127\.0\.0\.1:\d+)\n/);
    this.origin = match[1];
    this.client = new Client(this.origin);
  }

  /** The port of its own nats-server. */
  async embeddedPort() {
    const match = await this.child.printed(/^NATS: embedded at nats:\/\/127\.0\.0\.1:(\d+), store (.+)$/m);
    return Number(match[1]);
  }

  /** Stops it as an operator would; it must end well and without a sanitizer's report. */
  async stop() {
    const end = await this.child.stop();
    this.client?.close();
    this.child.checkSanitizers();
    if (end.code !== 0) throw new Error(`tidings ended with ${JSON.stringify(end)}\n${this.child.stderr.slice(-4000)}`);
  }

  /** As in a crash. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.child.exited();
    this.client?.close();
  }

  async close() {
    if (this.child.end) {
      this.client?.close();
      this.child.checkSanitizers();
    } else {
      await this.stop();
    }
  }

  report() {
    return this.child.report();
  }
}
