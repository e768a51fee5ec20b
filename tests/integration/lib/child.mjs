// SPDX-License-Identifier: MIT
// A child process whose output is kept and which cannot outlive the test.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { once } from 'node:events';
import { eventually, timely } from './wait.mjs';

/** What a sanitizer writes when it found something. */
const sanitizer = /ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:/;

const alive = new Set();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export class Child {
  /** @param name Heads its output in a report. @param stdin 'pipe' for a program that takes orders. */
  constructor(name, command, args, { env = process.env, cwd, stdin = 'ignore' } = {}) {
    this.name = name;
    this.stdout = '';
    this.stderr = '';
    // setpriv becomes the command itself, which then dies with us even when we are killed.
    this.process = spawn('/usr/bin/setpriv', ['--pdeathsig', 'KILL', command, ...args], {
      env: { ...env },
      cwd,
      stdio: [stdin, 'pipe', 'pipe'],
    });
    this.process.stdout.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    this.process.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text));
    this.process.on('error', (error) => (this.stderr += error.message));
    alive.add(this);
    // 'close' comes after the last output, 'exit' may come before it.
    this.closed = once(this.process, 'close').then(([code, signal]) => {
      alive.delete(this);
      this.end = { code, signal };
      return this.end;
    });
  }

  get pid() {
    return this.process.pid;
  }

  kill(signal) {
    if (!this.end) this.process.kill(signal);
  }

  /** Stops it until thaw(). When this resolves, not one of its threads runs any more: a signal alone only asks for that. */
  async freeze() {
    this.kill('SIGSTOP');
    const tasks = `/proc/${this.pid}/task`;
    await eventually(`${this.name} is stopped`, () => this.end ||
      fs.readdirSync(tasks).every((task) => /\) [Tt] /.test(fs.readFileSync(`${tasks}/${task}/stat`, 'utf8'))));
  }

  thaw() {
    this.kill('SIGCONT');
  }

  /** How it ended: {code, signal}. */
  exited(ms) {
    return timely(`${this.name} ends`, this.closed, ms);
  }

  /** Waits until standard output has a match. */
  async printed(pattern, { deadline = 15_000 } = {}) {
    await eventually(`${this.name} prints ${pattern}`, () => pattern.test(this.stdout) || this.end, { deadline });
    const match = pattern.exec(this.stdout);
    if (!match) throw new Error(`${this.name} ended with ${JSON.stringify(this.end)}: ${this.stderr.trim()}`);
    return match;
  }

  /** Ends it politely; whoever does not listen is killed and reported. */
  async stop(ms = 15_000) {
    // A stopped process would not hear SIGTERM.
    this.kill('SIGCONT');
    this.kill('SIGTERM');
    try {
      return await this.exited(ms);
    } catch (error) {
      this.kill('SIGKILL');
      await this.closed;
      throw error;
    }
  }

  /** Throws what a sanitizer had to say. */
  checkSanitizers() {
    if (sanitizer.test(this.stderr)) throw new Error(`${this.name}: a sanitizer reports\n${this.stderr.slice(0, 6000)}`);
  }

  report() {
    const tail = (text) => text.trimEnd().split('\n').slice(-40).join('\n');
    return `--- ${this.name} (pid ${this.pid}, ${this.end ? JSON.stringify(this.end) : 'running'})\n${tail(this.stdout)}\n${tail(this.stderr)}\n`;
  }
}
