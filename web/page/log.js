// SPDX-License-Identifier: MIT
// What went over the wire, newest first.
import { byId, clock, make } from './dom.js';

const kept = 40;

export class Log {
  #list = byId('log');
  /** A run of a thousand is summed up instead. */
  muted = false;

  constructor() {
    byId('log-clear').addEventListener('click', () => {
      this.#list.replaceChildren();
      byId('log-empty').hidden = false;
    });
  }

  /** @param kind "request", "event" or "note". */
  add(kind, title, { result = '', good = true, body } = {}) {
    if (this.muted) return;
    byId('log-empty').hidden = true;
    const line = [
      make('time', {}, clock()),
      make('span.kind', {}, kind),
      make('span.title', {}, title),
      make(`span.result${good ? '' : '.bad'}`, {}, result),
    ];
    const json = body === undefined ? null : make('pre', { tabindex: '0', 'aria-label': 'Body' }, JSON.stringify(body, null, 2));
    const entry = json ? make('details', {}, make('summary', {}, ...line), json) : make('div.line', {}, ...line);
    this.#list.prepend(make('li', {}, entry));
    while (this.#list.childElementCount > kept) this.#list.lastElementChild.remove();
  }
}
