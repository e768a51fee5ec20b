// SPDX-License-Identifier: MIT
// Stands between gateway and nats-server, understands the protocol's frames, and can hold back or lose some of them:
// the way to stall one step (a KV write, a delivery, a PubAck) while everything else goes on.
import net from 'node:net';

export class NatsProxy {
  static async start(serverPort) {
    const proxy = new NatsProxy();
    proxy.rule = () => 'pass';
    proxy.held = [];
    proxy.frames = []; // Every message frame seen: {from, verb, subject, reply, payload}.
    proxy.sockets = new Set();
    proxy.listener = net.createServer((client) => proxy.#join(client, net.connect(serverPort, '127.0.0.1')));
    await new Promise((resolve) => proxy.listener.listen(0, '127.0.0.1', resolve));
    proxy.url = `nats://127.0.0.1:${proxy.listener.address().port}`;
    return proxy;
  }

  /**
   * @param rule Asked for every frame that carries a message ({from: "gateway" | "server", subject, reply, payload}):
   * "pass", "hold" (until release) or "drop".
   */
  decide(rule) {
    this.rule = rule;
  }

  /** Lets everything through again, what was held first. */
  release() {
    this.rule = () => 'pass';
    for (const { bytes, to } of this.held.splice(0)) if (!to.destroyed) to.write(bytes);
  }

  #join(gateway, server) {
    for (const socket of [gateway, server]) {
      socket.setNoDelay(true);
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => {});
    }
    gateway.on('close', () => server.destroy());
    server.on('close', () => gateway.destroy());
    this.#pump('gateway', gateway, server);
    this.#pump('server', server, gateway);
  }

  #pump(from, source, to) {
    let rest = Buffer.alloc(0);
    source.on('data', (chunk) => {
      rest = rest.length ? Buffer.concat([rest, chunk]) : chunk;
      for (;;) {
        const frame = nextFrame(rest);
        if (!frame) return;
        rest = rest.subarray(frame.bytes.length);
        this.#pass({ ...frame, from }, to);
      }
    });
  }

  #pass(frame, to) {
    let verdict = 'pass';
    if (frame.subject) {
      this.frames.push({ from: frame.from, verb: frame.verb, subject: frame.subject, reply: frame.reply, payload: frame.payload });
      verdict = this.rule(frame);
    }
    if (verdict === 'hold') this.held.push({ bytes: frame.bytes, to });
    else if (verdict === 'pass' && !to.destroyed) to.write(frame.bytes);
  }

  close() {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.listener.close(resolve));
  }
}

/** PUB and MSG end with a size, HPUB and HMSG with two; everything else is one line. */
export function nextFrame(buffer) {
  const end = buffer.indexOf('\r\n');
  if (end < 0) return undefined;
  const words = buffer.subarray(0, end).toString('latin1').split(/[ \t]+/);
  const verb = words[0].toUpperCase();
  if (!['PUB', 'HPUB', 'MSG', 'HMSG'].includes(verb)) return { verb, bytes: buffer.subarray(0, end + 2) };
  const size = Number(words[words.length - 1]);
  const length = end + 2 + size + 2;
  if (buffer.length < length) return undefined;
  // Between the subject (and for deliveries the subscription) and the sizes stands the reply subject, if any.
  const sizes = verb.startsWith('H') ? 2 : 1;
  const middle = words.slice(verb.endsWith('MSG') ? 3 : 2, words.length - sizes);
  return {
    verb,
    subject: words[1],
    reply: middle[0],
    payload: buffer.subarray(end + 2, end + 2 + size).toString('utf8'),
    bytes: buffer.subarray(0, length),
  };
}
