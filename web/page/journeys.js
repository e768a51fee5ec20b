// SPDX-License-Identifier: MIT
// One card a command, with its track: how long each part of its way took.
import { byId, clock, duration, make, words } from './dom.js';
import { Timeline } from './timeline.js';

const kept = 25;
/** How long a change may take to show in the list before nobody expects it there. */
const listPatience = 5000;

/** After this a command that is still being sent can be given up. */
const patience = 3000;

const stateWords = {
  sending: 'on its way',
  kept: 'kept until the server is back',
  pending: 'available shortly',
  completed: 'done',
  failed: 'rejected',
  refused: 'refused',
  cancelled: 'given up',
};

export class Journey {
  timeline = new Timeline();
  state = 'sending';
  abort = new AbortController();

  constructor(type, subject) {
    this.status = make('span.status', {});
    this.total = make('span.total', {});
    this.track = make('div.track', { 'aria-hidden': 'true' });
    this.steps = make('ol.steps', { 'aria-label': 'Milliseconds' });
    this.next = make('p.next', {});
    this.cancel = make('button.quiet.small', { type: 'button', on: { click: () => this.abort.abort(new Error('given up')) } }, 'Give up');
    this.next.append(this.cancel);
    this.cancel.hidden = true;
    const what = make('h3', {}, words(type), subject ? ' ' : null, subject && make('em', {}, subject));
    const foot = make('div.foot', {}, this.steps, this.next);
    this.element = make('li.journey', {}, make('div.head', {}, what, this.status, this.total), this.track, foot);
    this.element.title = `Sent at ${clock()}`;
    this.set('sending');
    this.draw();
  }

  set(state) {
    this.state = state;
    this.element.dataset.state = state;
    this.status.textContent = stateWords[state];
    this.cancel.hidden = state !== 'kept' && state !== 'pending';
  }

  get moving() {
    return ['sending', 'kept', 'pending'].includes(this.state);
  }

  /** Still expected in the list. */
  get unlisted() {
    return this.state === 'completed' && this.outcome && this.timeline.now() - this.timeline.last.at < listPatience &&
      !this.timeline.marks.some((mark) => mark.name === 'listed');
  }

  settle(outcome, { told = true } = {}) {
    if (!this.moving) return;
    if (told) this.timeline.mark('told');
    this.outcome = outcome;
    this.set(outcome.status);
    if (outcome.error) this.next.prepend(make('span.why', {}, outcome.error));
    this.draw();
  }

  refuse(message, state = 'refused') {
    this.timeline.mark(state === 'cancelled' ? 'given up' : 'refused');
    this.set(state);
    this.next.prepend(make('span.why', {}, message));
    this.draw();
  }

  link(href, text) {
    this.next.prepend(make('a', { href }, text));
  }

  mark(name) {
    this.timeline.mark(name);
    this.draw();
  }

  /** Lengths are shares of the whole, so that 4 ms and 4 s are both worth looking at. */
  draw() {
    const { marks } = this.timeline;
    const spans = marks.slice(1).map((mark, i) => ({ name: mark.name, ms: mark.at - marks[i].at }));
    if (this.moving) spans.push({ name: 'waiting', ms: this.timeline.now() - this.timeline.last.at });
    // A server that is busy or half there can take any time; nobody has to wait for it.
    if (this.state === 'sending' && this.timeline.now() > patience) this.cancel.hidden = false;
    const whole = Math.max(0.001, spans.reduce((sum, { ms }) => sum + ms, 0));
    this.total.textContent = duration(whole);
    while (this.track.childElementCount > spans.length) this.track.lastElementChild.remove();
    spans.forEach(({ name, ms }, i) => {
      const part = this.track.children[i] ?? this.track.appendChild(make('span'));
      part.dataset.name = name;
      part.style.flexGrow = String(Math.max(0.015, ms / whole));
    });
    const shown = spans.filter(({ name }) => name !== 'waiting');
    if (this.steps.childElementCount !== shown.length) {
      this.steps.replaceChildren(...shown.map(({ name, ms }) =>
        make('li', { data: { name } }, make('span', {}, name), ` +${duration(ms)}`)));
    }
  }
}

export class Journeys {
  #list = byId('journeys');
  #journeys = [];
  #ticking = false;

  add(type, subject) {
    const journey = new Journey(type, subject);
    this.#journeys.unshift(journey);
    this.#list.prepend(journey.element);
    this.#list.scrollTop = 0;
    byId('journeys-empty').hidden = true;
    while (this.#journeys.length > kept && !this.#journeys[this.#journeys.length - 1].moving) this.#journeys.pop().element.remove();
    this.#tick();
    return journey;
  }

  get unlisted() {
    return this.#journeys.filter((journey) => journey.unlisted);
  }

  /** Commands that were on their way when the server went are kept, and go on when it is back. */
  serverGone(gone) {
    for (const journey of this.#journeys) {
      if (gone && journey.state === 'sending') journey.set('kept');
      else if (!gone && journey.state === 'kept') journey.set('sending');
    }
  }

  /** The clock of each command that is on its way. */
  #tick() {
    if (this.#ticking) return;
    this.#ticking = true;
    const step = () => {
      const moving = this.#journeys.filter((journey) => journey.moving);
      for (const journey of moving) journey.draw();
      this.#ticking = moving.length > 0;
      if (this.#ticking) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }
}
