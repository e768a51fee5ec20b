// SPDX-License-Identifier: MIT
// A compose file that is up, whose services can be killed. docker/test says with what (TIDINGS_ENGINE, TIDINGS_COMPOSE).
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../tests/integration/lib/ports.mjs';
import { eventually } from '../../tests/integration/lib/wait.mjs';

const run = promisify(execFile);
const here = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { TIDINGS_ENGINE: engine, TIDINGS_COMPOSE: tool } = process.env;
if (!engine || !tool) throw new Error('this test is started by docker/test');

export class Stack {
  #logs = '';

  constructor(file, project, port) {
    Object.assign(this, { file, project, port, origin: `http://127.0.0.1:${port}` });
  }

  static async create(file, project) {
    const stack = new Stack(file, project, await freePort());
    // Of a run that was killed.
    await stack.down();
    return stack;
  }

  #compose(...args) {
    const [program, ...first] = tool.split(' ');
    const env = { ...process.env, TIDINGS_PORT: String(this.port) };
    return run(program, [...first, '-f', this.file, '-p', this.project, ...args], { cwd: here, env, timeout: 120_000 });
  }

  async #engine(...args) {
    return (await run(engine, args, { timeout: 60_000 })).stdout.trim();
  }

  #containers(...filters) {
    const labels = [`project=${this.project}`, ...filters].flatMap((label) => ['--filter', `label=com.docker.compose.${label}`]);
    return this.#engine('ps', '-a', '-q', ...labels).then((ids) => ids.split('\n').filter(Boolean));
  }

  async #container(service) {
    const ids = await this.#containers(`service=${service}`);
    if (ids.length !== 1) throw new Error(`${service} has ${ids.length} containers`);
    return ids[0];
  }

  up() {
    return this.#compose('up', '-d', '--no-build');
  }

  /** Waits until the health check that compose declares for `service` succeeds. */
  async healthy(service, { deadline = 60_000 } = {}) {
    const id = await this.#container(service);
    // podman's own timers need systemd, so each look runs the check.
    const look =
      engine === 'podman'
        ? () => this.#engine('healthcheck', 'run', id).then(() => true)
        : async () => (await this.#engine('inspect', '--format', '{{.State.Health.Status}}', id)) === 'healthy';
    await eventually(`${service} is healthy`, look, { deadline, every: 250 });
  }

  /** As in a crash. */
  async kill(service) {
    await this.#engine('kill', '--signal', 'KILL', await this.#container(service));
  }

  /** Whether its main process runs. */
  async runs(service) {
    return (await this.#engine('inspect', '--format', '{{.State.Running}}', await this.#container(service))) === 'true';
  }

  async start(service) {
    await this.#engine('start', await this.#container(service));
  }

  async down() {
    await this.#compose('down', '-v');
    // podman-compose leaves its network behind; docker compose does not.
    await this.#engine('network', 'rm', `${this.project}_default`).catch(() => {});
    const left = await this.#containers();
    if (left.length > 0) throw new Error(`containers are left of ${this.project}: ${left}`);
  }

  /** Keeps what the services had to say, for a report after they are gone. */
  async keepLogs() {
    for (const id of await this.#containers()) {
      const { stdout, stderr } = await run(engine, ['logs', '--tail', '30', id]).catch((error) => error);
      const name = await this.#engine('inspect', '--format', '{{.Name}}', id);
      this.#logs += `--- ${name}\n${stdout ?? ''}${stderr ?? ''}\n`;
    }
  }

  get logs() {
    return this.#logs;
  }

  close() {
    return this.down();
  }
}
