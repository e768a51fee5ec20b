// SPDX-License-Identifier: MIT
// The load generators: wrk for as fast as possible over HTTP, bench_load for everything else.
import path from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Child } from '../../tests/integration/lib/child.mjs';
import { eventually } from '../../tests/integration/lib/wait.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
export const binaries = process.env.BENCH_BIN ?? path.resolve(here, '../../build/release/bench');
export const load = path.join(binaries, 'bench_load');

/** Runs a program to its end and returns its standard output. */
async function output(name, command, args, { env = {}, deadline }) {
  const child = new Child(name, command, args, { env: { ...process.env, ...env } });
  const end = await child.exited(deadline).catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });
  if (end.code !== 0) throw new Error(`${name} ended with ${JSON.stringify(end)}: ${child.stderr.trim()}`);
  return child.stdout;
}

/**
 * Closed loop: each connection sends its next request when it has its answer.
 * @param around {begin(pid of the generator while it runs), end()} called right before and after what counts.
 */
export async function wrk({ origin, path: target, method = 'GET', body = '', headers = {}, connections, seconds, warmUp }, around) {
  const run = async (duration) => {
    const args = [
      '-t1', `-c${connections}`, `-d${duration}s`, '--timeout', '30s', '-s', path.join(here, 'request.lua'),
      ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]), origin + target,
    ];
    const text = await output('wrk', 'wrk', args, {
      env: { BENCH_METHOD: method, BENCH_BODY: body }, deadline: (duration + 40) * 1000,
    });
    return JSON.parse(/^RESULT (.+)$/m.exec(text)[1]);
  };
  const warm = await run(Math.max(1, Math.round(warmUp)));
  around.begin();
  const result = await run(Math.max(1, Math.round(seconds)));
  around.end();
  return { ...result, answered: warm.count + result.count };
}

/** Runs a program that prints "measuring", "measured" and a line of JSON. */
export async function marked(name, command, args, around, { deadline = 120_000 } = {}) {
  const child = new Child(name, command, args);
  try {
    let began = false;
    let ended = false;
    const watch = () => {
      if (!began && /^measuring$/m.test(child.stdout)) began = (around.begin(child.pid), true);
      if (!ended && /^measured$/m.test(child.stdout)) ended = (around.end(), true);
    };
    child.process.stdout.on('data', watch);
    const end = await child.exited(deadline);
    watch();
    if (end.code !== 0) throw new Error(child.stderr.trim() || `${name} ended with ${JSON.stringify(end)}`);
    return JSON.parse(child.stdout.trim().split('\n').at(-1));
  } finally {
    child.kill('SIGKILL');
    await child.closed;
  }
}

/** Open loop: `rate` requests a second, whatever comes back. */
export function openLoop({ origin, path: target, method = 'POST', body, headers = {}, connections = 256, rate, seconds, warmUp, events }, around) {
  const deadline = (seconds + warmUp + 40) * 1000;
  return marked('bench_load open', load, [
    'open', '--port', new URL(origin).port, '--path', target, '--method', method, '--connections', String(connections),
    '--rate', String(rate), '--seconds', String(seconds), '--warm-up', String(warmUp),
    ...(body ? ['--body', body] : []), ...(events ? ['--events', events] : []),
    ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
  ], around, { deadline });
}

/** Requests over NATS. */
export function bus({ url, subject, body, inFlight, seconds, warmUp }, around) {
  return marked('bench_load bus', load, [
    'bus', '--nats', url, '--subject', subject, '--body', body, '--in-flight', String(inFlight), '--seconds', String(seconds),
    '--warm-up', String(warmUp),
  ], around);
}

/** Writes documents into the bucket. */
export async function fill({ url, documents }) {
  return JSON.parse(await output('bench_load fill', load, ['fill', '--nats', url, '--documents', String(documents)], { deadline: 310_000 }));
}

/** Open event streams that can be told about one outcome. */
export class Listeners {
  static async open({ origin, path: target, publish, body, headers = {}, count }) {
    const listeners = new Listeners();
    const args = [
      'listen', '--port', new URL(origin).port, '--path', target, '--publish', publish, '--body', body, '--listeners', String(count),
      ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ];
    listeners.child = new Child('bench_load listen', load, args, { stdin: 'pipe' });
    await listeners.#printed(1, /"open"/g, 70_000);
    return listeners;
  }

  /** One outcome to all: how long until each was told. */
  async round() {
    const before = this.#count(/^measured$/gm);
    this.child.process.stdin.write('round\n');
    await this.#printed(before + 1, /"p50_us".*\n/g, 25_000);
    return JSON.parse(this.child.stdout.trim().split('\n').at(-1));
  }

  async close() {
    this.child.process.stdin.end('quit\n');
    await Promise.race([once(this.child.process, 'exit'), new Promise((resolve) => setTimeout(resolve, 5_000).unref())]);
    this.child.kill('SIGKILL');
    await this.child.closed;
  }

  #count(pattern) {
    return (this.child.stdout.match(pattern) ?? []).length;
  }

  async #printed(count, pattern, deadline) {
    await eventually('bench_load listen goes on', () => this.#count(pattern) >= count || this.child.end, { deadline });
    if (this.child.end) throw new Error(this.child.stderr.trim());
  }
}
