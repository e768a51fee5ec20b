// SPDX-License-Identifier: MIT
// The model's documents as a live query gives them: what any tab or program changes shows here by itself.
import { byId, make } from './dom.js';
import { nounOf, pluralOf, titleOf } from './models.js';

const rows = 10;

export class LiveList {
  #stop = () => {};
  #shown = new Map();
  #next;

  /** @param onShown Called with the documents and keys after each change. */
  constructor({ tidings, catalog, log, onShown }) {
    Object.assign(this, { tidings, catalog, log, onShown });
  }

  show(model) {
    if (model === this.model) return;
    this.model = model;
    this.#stop();
    this.#shown.clear();
    byId('list').replaceChildren();
    byId('list-title').textContent = pluralOf(model);
    byId('list-count').textContent = '';
    const type = this.catalog.listOf(model);
    if (!type) return this.#say('The model declares no list.');
    const onResult = (response) => this.#receive(response.payload, model);
    this.#stop = this.tidings.live(type, { limit: rows }, onResult, (error) => this.#say(error.message));
  }

  #say(text) {
    byId('list-empty').textContent = text;
    byId('list-empty').hidden = text === '';
  }

  /** Changes may come faster than the screen: the newest at each frame is enough, a hidden tab draws at once. */
  #receive(page, model) {
    if (model !== this.model || !page) return;
    this.onShown(page.items, model);
    const waiting = this.#next !== undefined;
    this.#next = page;
    if (waiting) return;
    const draw = () => {
      const newest = this.#next;
      this.#next = undefined;
      if (model === this.model) this.#draw(newest, model);
    };
    if (document.hidden) draw();
    else requestAnimationFrame(draw);
  }

  #draw({ items, total }, model) {
    const first = this.#shown.size === 0 && byId('list').childElementCount === 0;
    const now = new Map(items.map((item) => [item[model.key], JSON.stringify(item)]));
    // Under load everything is new all the time; then nothing stands out by glowing.
    const calm = !first && items.filter((item) => !this.#shown.has(item[model.key])).length <= 3;
    const elements = items.map((item) => {
      const key = item[model.key];
      const old = this.#shown.get(key);
      if (old?.text === now.get(key)) return old.element;
      const element = this.#row(item, key, model);
      if (calm) element.classList.add(old ? 'changed' : 'new');
      this.#shown.set(key, { text: now.get(key), element });
      return element;
    });
    for (const key of [...this.#shown.keys()]) if (!now.has(key)) this.#shown.delete(key);
    place(byId('list'), elements);
    const count = total ?? items.length;
    byId('list-count').textContent = `${count.toLocaleString('en')}${items.length < count ? `, the first ${items.length} shown` : ''}`;
    this.#say(items.length === 0 ? `No ${nounOf(model).toLowerCase()} yet. Send a command, here or in another tab, and it appears.` : '');
  }

  #row(item, key, model) {
    const title = titleOf(item, key);
    const skipped = new Set([model.key, 'created_at', 'updated_at']);
    const rest = Object.entries(item)
      .filter(([name, value]) => !skipped.has(name) && value !== title && ['string', 'number', 'boolean'].includes(typeof value) && value !== '')
      .map(([, value]) => String(value));
    const path = this.catalog.pathOf(model, key);
    return make('li', {}, path ? make('a', { href: `#${path}` }, title) : make('span.key', {}, title), make('span.rest', {}, rest.join(' · ')));
  }
}

/** Moves as few elements as possible, so that focus and animations survive. */
function place(list, elements) {
  const wanted = new Set(elements);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  elements.forEach((element, i) => {
    if (list.children[i] !== element) list.insertBefore(element, list.children[i] ?? null);
  });
}
