// SPDX-License-Identifier: MIT
// One process's way to one nats-server: a relay that can be slow, deaf in one or both directions, cut, closed,
// or lose single messages. It does to a connection what a network does, and needs no rights for it.
import net from 'node:net';
import { nextFrame } from '../../integration/lib/nats_proxy.mjs';

const mostQueued = 256 * 1024; // bytes; beyond it the sender meets a full window

export class Link {
  latency = 0; // milliseconds, each way
  deaf = new Set(); // directions ("up": to the server, "down") in which nothing arrives at the moment
  closed = false; // refuses new connections
  lose = undefined; // (frame, direction) => true for a message that gets lost
  #pumps = new Set();
  #sockets = new Set();

  static async start(serverPort) {
    const link = new Link();
    link.listener = net.createServer((near) => link.#join(near, serverPort));
    await new Promise((resolve) => link.listener.listen(0, '127.0.0.1', resolve));
    link.url = `nats://127.0.0.1:${link.listener.address().port}`;
    return link;
  }

  /** Lets pass again what was held, in order. */
  heal() {
    this.latency = 0;
    this.deaf.clear();
    this.closed = false;
    this.lose = undefined;
    for (const pump of this.#pumps) pump();
  }

  /** Ends every connection at once, as a reset does. */
  cut() {
    for (const socket of this.#sockets) socket.destroy();
  }

  close() {
    this.cut();
    return new Promise((resolve) => this.listener.close(resolve));
  }

  #join(near, serverPort) {
    if (this.closed) return near.destroy();
    const far = net.connect(serverPort, '127.0.0.1');
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on('error', () => {});
    }
    this.#relay('up', near, far);
    this.#relay('down', far, near);
  }

  #relay(direction, source, to) {
    let rest = Buffer.alloc(0);
    let queued = 0;
    let ended = false;
    let timer;
    const queue = [];
    const pump = () => {
      clearTimeout(timer);
      const now = performance.now();
      while (queue.length > 0 && !this.deaf.has(direction) && queue[0].due <= now) {
        const { bytes } = queue.shift();
        queued -= bytes.length;
        if (!to.destroyed) to.write(bytes);
      }
      if (queued + to.writableLength < mostQueued) source.resume();
      // Neither does the end of a connection cross a network that is down.
      if (ended && queue.length === 0 && !this.deaf.has(direction)) to.destroy();
      else if (queue.length > 0 && !this.deaf.has(direction)) timer = setTimeout(pump, queue[0].due - now);
    };
    this.#pumps.add(pump);
    to.on('drain', pump);
    source.on('data', (chunk) => {
      rest = rest.length ? Buffer.concat([rest, chunk]) : chunk;
      const due = performance.now() + this.latency;
      const kept = [];
      for (let frame = nextFrame(rest); frame; frame = nextFrame(rest)) {
        rest = rest.subarray(frame.bytes.length);
        if (!(frame.subject && this.lose?.(frame, direction))) kept.push(frame.bytes);
      }
      if (kept.length > 0) {
        const bytes = kept.length === 1 ? kept[0] : Buffer.concat(kept);
        queue.push({ bytes, due });
        queued += bytes.length;
      }
      if (queued + to.writableLength >= mostQueued) source.pause();
      pump();
    });
    source.on('close', () => {
      ended = true;
      this.#sockets.delete(source);
      pump();
    });
    to.on('close', () => {
      clearTimeout(timer);
      this.#pumps.delete(pump);
      queue.length = 0;
      if (!this.deaf.has(direction)) source.destroy();
    });
  }
}
