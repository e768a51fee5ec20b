// SPDX-License-Identifier: MIT
// Directories and processes of one measurement, taken down together.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NatsServer } from '../../tests/integration/lib/nats_server.mjs';
import { accepts, freePort } from '../../tests/integration/lib/ports.mjs';
import { eventually } from '../../tests/integration/lib/wait.mjs';

// A run that is interrupted leaves nothing behind either; its processes end with us.
const directories = new Set();
const remove = (directory) => fs.rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
process.on('exit', () => directories.forEach(remove));
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) process.on(signal, () => process.exit(code));

export class Scratch {
  #started = [];

  keep(thing) {
    this.#started.push(thing);
    return thing;
  }

  directory() {
    const created = fs.mkdtempSync(path.join(os.tmpdir(), 'tidings-bench-'));
    directories.add(created);
    this.keep({ close: () => (remove(created), directories.delete(created)) });
    return created;
  }

  file(name, text) {
    const created = path.join(this.directory(), name);
    fs.writeFileSync(created, text);
    return created;
  }

  /** A nats-server with an empty store and a monitoring port. */
  async nats() {
    const monitor = await freePort();
    const server = this.keep(await NatsServer.start({ store: this.directory(), args: ['--http_port', String(monitor)] }));
    server.monitor = `http://127.0.0.1:${monitor}`;
    await eventually('the monitoring port answers', () => accepts(monitor));
    return server;
  }

  async close() {
    let failure;
    for (const thing of this.#started.reverse()) {
      try {
        await thing.close();
      } catch (error) {
        failure ??= error;
      }
    }
    this.#started = [];
    if (failure) throw failure;
  }
}

/** Runs `body` with a scratch that is gone afterwards, whatever happens. */
export async function withScratch(body) {
  const scratch = new Scratch();
  try {
    return await body(scratch);
  } finally {
    await scratch.close().catch((error) => console.error(`bench: ${error.message}`));
  }
}
