// SPDX-License-Identifier: MIT
// What one test starts, and its end: everything is taken down in reverse order, also when the test fails.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import nodeTest from 'node:test';
import { connect } from 'nats';
import { NatsProxy } from './nats_proxy.mjs';
import { NatsServer } from './nats_server.mjs';
import { serveArguments, Tidings } from './tidings.mjs';

export class World {
  #started = [];
  #context;

  constructor(context) {
    this.#context = context;
  }

  #keep(thing) {
    this.#started.push(thing);
    return thing;
  }

  /** An empty directory of its own. */
  directory() {
    const created = fs.mkdtempSync(path.join(os.tmpdir(), 'tidings-test-'));
    this.#keep({ close: () => fs.rmSync(created, { recursive: true, force: true, maxRetries: 5 }) });
    return created;
  }

  /** A file with this text. */
  file(name, text) {
    const created = path.join(this.directory(), name);
    fs.writeFileSync(created, text);
    return created;
  }

  async natsServer(options = {}) {
    return this.#keep(await NatsServer.start({ store: this.directory(), ...options }));
  }

  async natsProxy(server) {
    return this.#keep(await NatsProxy.start(server.port));
  }

  /** A gateway that is ready; with its own nats-server unless `nats` is given. */
  async tidings({ ready = true, ...options } = {}) {
    const store = options.store ?? (options.nats ? undefined : this.directory());
    // Kept before it is known to work, so that a failed start is reported and cleaned up too.
    const tidings = this.launch(serveArguments({ ...options, store }), options);
    await tidings.listening();
    if (ready) await tidings.client.waitReady();
    return tidings;
  }

  /** The binary with these arguments, whatever comes of it; in a directory of its own, where it may leave things. */
  launch(args, options) {
    return this.#keep(Tidings.launch(args, { cwd: this.directory(), ...options }));
  }

  /** A NATS client that looks on. */
  async spy(url) {
    const connection = await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    this.#keep({ close: () => connection.close() });
    return connection;
  }

  /** Any other thing with a close() of its own. */
  adopt(thing) {
    return this.#keep(thing);
  }

  /** One claim about what was started; its failure shows what the processes had to say. */
  claim(title, check) {
    return this.#context.test(title, async () => {
      try {
        await check();
      } catch (error) {
        this.report();
        throw error;
      }
    });
  }

  report() {
    for (const thing of this.#started) if (thing.report) console.error(thing.report());
  }

  async close() {
    const failures = [];
    for (const thing of this.#started.reverse()) {
      try {
        await thing.close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** A test with a world of its own. */
export function test(title, body) {
  nodeTest(title, async (context) => {
    const world = new World(context);
    let failure;
    try {
      await body(world);
    } catch (error) {
      world.report();
      failure = error;
    }
    try {
      await world.close();
    } catch (error) {
      failure ??= error;
    }
    if (failure) throw failure;
  });
}
