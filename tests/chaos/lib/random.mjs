// SPDX-License-Identifier: MIT
// Numbers that a seed determines, so that a failing run can be planned again.

export class Random {
  #state;

  /** @param seed Any text or number. */
  constructor(seed) {
    this.seed = String(seed);
    // FNV-1a spreads similar seeds.
    let hash = 0x811c9dc5;
    for (const char of this.seed) hash = Math.imul(hash ^ char.codePointAt(0), 0x01000193);
    this.#state = hash >>> 0;
  }

  /** A stream of its own: what one client draws must not shift what another one gets. */
  fork(name) {
    return new Random(`${this.seed}/${name}`);
  }

  /** In [0, 1): mulberry32. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number in [0, limit). */
  below(limit) {
    return Math.floor(this.next() * limit);
  }

  /** A number in [from, to). */
  between(from, to) {
    return from + this.next() * (to - from);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** One of `list`, each as likely as its `weight`. */
  weighted(list) {
    let left = this.next() * list.reduce((sum, { weight }) => sum + weight, 0);
    return list.find(({ weight }) => (left -= weight) < 0) ?? list.at(-1);
  }

  chance(probability) {
    return this.next() < probability;
  }

  /** An id that looks like ours, 128 bits of it. */
  uuid() {
    const hex = Array.from({ length: 32 }, () => this.below(16).toString(16)).join('');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }
}
