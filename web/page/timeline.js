// SPDX-License-Identifier: MIT
// The moments of one command, in milliseconds since it was sent.

/** What the server measured (`Server-Timing`), by the names that people read. */
const serverMarks = { accepted: 'stored', handled: 'handled', projected: 'projected', outcome: 'done' };

/** Milliseconds; what takes longer was not the network. */
const longestWay = 100;

export class Timeline {
  #start = performance.now();
  marks = [{ name: 'sent', at: 0 }];

  now() {
    return performance.now() - this.#start;
  }

  /** Each moment happens once; the first time counts. */
  mark(name, at = this.now()) {
    if (this.marks.some((mark) => mark.name === name)) return;
    this.marks.push({ name, at });
    this.marks.sort((a, b) => a.at - b.at);
  }

  /**
   * The server counts from when the request reached it: half of what remains is the way back, which is where to count from,
   * since the request may have been sent more than once.
   */
  markServer(header) {
    const arrived = this.now();
    const spans = [...(header ?? '').matchAll(/([a-z]+)\s*;[^,]*?dur=([\d.]+)/g)].map(([, name, ms]) => [name, Number(ms)]);
    const longest = Math.max(0, ...spans.map(([, ms]) => ms));
    const wayBack = Math.min(Math.max(0, (arrived - longest) / 2), longestWay);
    for (const [name, ms] of spans) this.mark(serverMarks[name] ?? name, Math.max(0, arrived - wayBack - (longest - ms)));
  }

  /** What a status says: the stages, since the command was stored. */
  markStages(header) {
    const stored = this.marks.find(({ name }) => name === 'stored')?.at;
    if (stored === undefined) return;
    const end = this.now();
    for (const [, name, ms] of (header ?? '').matchAll(/(handled|projected);dur=([\d.]+)/g)) this.mark(name, Math.min(stored + Number(ms), end));
  }

  get last() {
    return this.marks[this.marks.length - 1];
  }
}
