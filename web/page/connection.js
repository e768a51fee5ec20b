// SPDX-License-Identifier: MIT
// Whether the server is there, said once when it goes and once when it is back.
import { byId, clock, duration } from './dom.js';

const backShownFor = 6000;
const lookEvery = 4000;

export class Connection {
  gone = false;
  #since;
  #timer;
  #unready = false;

  /** @param onChange Called with whether the server is gone. */
  constructor(tidings, log, onChange) {
    Object.assign(this, { log, onChange });
    tidings.addEventListener('state', ({ detail }) => (detail === 'open' ? this.#open() : this.#closed()));
    setInterval(() => this.#look(), lookEvery);
    tidings.addEventListener('gap', ({ detail }) => {
      log.add('event', 'gap', { result: 'asked again', body: detail });
      this.#banner('back', 'The server no longer has everything that happened meanwhile; what is shown has been asked for again.', backShownFor);
    });
  }

  /** A gateway may be there while what is behind it is not. */
  async #look() {
    if (this.gone || document.hidden) return;
    const report = await fetch('/readyz', { cache: 'no-store' }).then((x) => x.json(), () => undefined);
    const missing = Object.entries(report?.parts ?? {}).filter(([, part]) => !part.ready).map(([name]) => name);
    if (this.gone) return;
    if (missing.length) this.#say('connecting', `Not ready: ${missing.join(', ')}`);
    else if (this.#unready) this.#say('open', 'Connected');
    this.#unready = missing.length > 0;
  }

  #say(state, text) {
    byId('connection').dataset.state = state;
    byId('connection-text').textContent = text;
  }

  #banner(kind, text, ms) {
    const banner = byId('banner');
    clearTimeout(this.#timer);
    banner.dataset.kind = kind;
    banner.textContent = text;
    banner.hidden = false;
    if (ms) this.#timer = setTimeout(() => (banner.hidden = true), ms);
  }

  #open() {
    this.#say('open', 'Connected');
    if (!this.gone) return;
    this.gone = false;
    const away = duration(performance.now() - this.#since);
    this.#banner('back', `The server is back after ${away}. What happened meanwhile has been caught up.`, backShownFor);
    this.log.add('note', 'the server is back', { result: away });
    this.onChange(false);
  }

  /** A stream that breaks is not yet a server that is gone. */
  async #closed() {
    if (this.gone) return;
    const alive = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(3000) }).then((x) => x.ok, () => false);
    if (alive) return byId('connection').dataset.state === 'open' && this.#say('connecting', 'Connecting again');
    if (this.gone) return;
    this.gone = true;
    this.#since = performance.now();
    this.#say('gone', 'No server');
    this.#banner('gone', `The server has not answered since ${clock()}. What you send is kept and goes out when it is back.`);
    this.log.add('note', 'the server is gone', { good: false });
    this.onChange(true);
  }
}
