// SPDX-License-Identifier: MIT
// The bucket in memory: texts are kept as they came, so that an answer is put together without another JSON.stringify.
export class ReadModel {
  #entries = new Map(); // key -> {revision, text, name}
  #keys = []; // in order of creation
  #byName;

  apply(key, revision, text) {
    const entry = this.#entries.get(key);
    if (entry && entry.revision >= revision) return;
    if (!entry) this.#keys.push(key);
    this.#entries.set(key, { revision, text });
    this.#byName = undefined;
  }

  get(key) {
    return this.#entries.get(key);
  }

  get size() {
    return this.#keys.length;
  }

  /** The first `limit` texts: the newest first, or by name. */
  list(limit, sort) {
    const out = [];
    if (sort === 'name') {
      this.#byName ??= [...this.#entries.values()].map(({ text }) => [JSON.parse(text).name, text]).sort(([a], [b]) => (a < b ? -1 : 1));
      for (let i = 0; i < this.#byName.length && i < limit; i += 1) out.push(this.#byName[i][1]);
    } else {
      for (let i = this.#keys.length - 1; i >= 0 && out.length < limit; i -= 1) out.push(this.#entries.get(this.#keys[i]).text);
    }
    return out;
  }
}
