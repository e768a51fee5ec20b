// SPDX-License-Identifier: MIT
// One line that says what is being measured and how long it will take.
const line = process.stderr;
let began = performance.now();
let done = 0;
let total = 1;

export function expectSteps(count) {
  total = count;
  done = 0;
  began = performance.now();
}

const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/** A step begins. */
export function progress(text) {
  const seconds = (performance.now() - began) / 1000;
  const left = done > 2 ? `, ${minutes((seconds / done) * (total - done))} left` : '';
  const message = `bench: [${done + 1}/${total}, ${minutes(seconds)}${left}] ${text}`;
  done += 1;
  line.write(line.isTTY ? `\r\x1b[K${message.slice(0, (line.columns ?? 120) - 1)}` : `${message}\n`);
}

/** These will not come. */
export function skipSteps(count) {
  total -= count;
}

/** Something that stays to be read. */
export function note(text) {
  line.write(line.isTTY ? `\r\x1b[Kbench: ${text}\n` : `bench: ${text}\n`);
}
