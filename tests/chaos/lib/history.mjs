// SPDX-License-Identifier: MIT
// What was asked, answered and done, in order, as JSON lines: all the checker may know beside the final state.
import { createHash } from 'node:crypto';
import fs from 'node:fs';

export class History {
  #file;
  #start = performance.now();
  lines = [];

  /** @param file Where it is written as it grows, so that even a crash of the driver leaves it. */
  constructor(file) {
    this.#file = file ? fs.openSync(file, 'w') : undefined;
  }

  /** Notes what happened now, in milliseconds of a clock that only goes forward. */
  add(what) {
    const line = { t: Math.round((performance.now() - this.#start) * 1000) / 1000, ...what };
    this.lines.push(line);
    if (this.#file !== undefined) fs.writeSync(this.#file, `${JSON.stringify(line)}\n`);
    return line;
  }

  close() {
    if (this.#file !== undefined) fs.closeSync(this.#file);
    this.#file = undefined;
  }
}

/** What an outcome says, in 128 bits; two processes that tell the same outcome may do so at two times. */
export function gist(outcome) {
  const { timestamp, ...rest } = outcome;
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex').slice(0, 32);
}
