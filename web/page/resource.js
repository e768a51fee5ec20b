// SPDX-License-Identifier: MIT
// One document in a dialog, addressed by the page's fragment, so that "back" closes it and a link can be kept.
import { byId, make, words } from './dom.js';
import { nounOf, titleOf } from './models.js';

export class Resource {
  #dialog = byId('resource');
  #stop = () => {};

  /** @param onCommand Called with a command and the document it should be filled with. */
  constructor({ tidings, catalog, onCommand }) {
    Object.assign(this, { tidings, catalog, onCommand });
    addEventListener('hashchange', () => this.#follow());
    this.#dialog.addEventListener('close', () => {
      this.#stop();
      if (location.hash.startsWith('#/')) history.pushState(null, '', location.pathname + location.search);
    });
    // A click beside the dialog's content closes it.
    this.#dialog.addEventListener('click', (event) => event.target === this.#dialog && this.#dialog.close());
    this.#follow();
  }

  #follow() {
    const path = location.hash.startsWith('#/') ? location.hash.slice(1) : '';
    this.#stop();
    if (!path) return this.#dialog.close();
    const model = this.catalog.modelOf(path);
    this.#render(path, model, undefined, 'Looking it up');
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#stop = this.tidings.live(
      path, {},
      (response) => this.#render(path, model, response.payload, response.success === false || !response.payload ? 'It is gone.' : ''),
      (error) => this.#render(path, model, undefined, error.status === 404 ? 'There is nothing here, or not any more.' : error.message));
  }

  #render(path, model, document, note) {
    const title = titleOf(document, note ? 'Document' : undefined);
    const fields = Object.entries(document ?? {}).flatMap(([name, value]) => [
      make('dt', {}, words(name)),
      make('dd', {}, typeof value === 'string' && /_at$/.test(name) ? new Date(value).toLocaleString() : typeof value === 'object' ? JSON.stringify(value) : String(value)),
    ]);
    const commands = document && model ? this.catalog.commands.filter((x) => x.model === model && x.effect !== 'create') : [];
    const hadFocus = this.#dialog.contains(window.document.activeElement);
    const close = make('button.quiet', { type: 'button', 'aria-label': 'Close', on: { click: () => this.#dialog.close() } }, '×');
    this.#dialog.replaceChildren(make('div.sheet', {},
      make('header', {}, make('p.kicker', {}, model ? nounOf(model) : 'Document'), close),
      make('h2', { id: 'resource-title' }, title),
      note ? make('p.note', { role: 'status' }, note) : null,
      fields.length ? make('dl', {}, ...fields) : null,
      make('p.path', {}, make('a', { href: path }, `GET ${path}`)),
      commands.length ? make('div.buttons', {}, ...commands.map((command) =>
        make('button.quiet', { type: 'button', on: { click: () => { this.#dialog.close(); this.onCommand(command, document); } } }, words(command.type)))) : null));
    if (hadFocus) close.focus();
  }
}
