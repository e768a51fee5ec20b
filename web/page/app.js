// SPDX-License-Identifier: MIT
// The page: puts the parts together.
import { Connection } from './connection.js';
import { byId, make, words } from './dom.js';
import { SchemaForm } from './form.js';
import { Journeys } from './journeys.js';
import { LiveList } from './list.js';
import { Load } from './load.js';
import { Log } from './log.js';
import { Catalog, nounOf, pluralOf } from './models.js';
import { Resource } from './resource.js';
import { sample } from './sample.js';
import { Sender, options } from './sender.js';
import { Tidings } from './tidings.js';

const hints = {
  server: (deadline) => `The response is held back for up to ${deadline} s (Prefer: wait=${deadline}).`,
  event: (deadline) => `202 at once; the outcome comes by event, for which the page waits ${deadline} s.`,
  none: () => '202 at once, and on you go. The outcome comes when it comes.',
};

class Page {
  #shownAt = new Map();

  constructor(catalog) {
    this.catalog = catalog;
    this.log = new Log();
    this.tidings = new Tidings();
    this.journeys = new Journeys();
    this.connection = new Connection(this.tidings, this.log, (gone) => this.journeys.serverGone(gone));
    this.tidings.addEventListener('outcome', ({ detail }) => this.log.add('event', `${detail.status} ${detail.command_type}`, {
      result: detail.error ?? '', good: detail.status !== 'failed', body: detail,
    }));
    this.tidings.connect();
    this.list = new LiveList({ tidings: this.tidings, catalog, log: this.log, onShown: (items, model) => this.#onShown(items, model) });
    const { tidings, journeys, log, connection } = this;
    this.sender = new Sender({ tidings, journeys, log, connection, onListed: () => this.#matchList() });
    this.load = new Load({ catalog, log, model: () => this.command.model, send: (...x) => this.#sendOneOfMany(...x) });
    this.#form();
    this.resource = new Resource({ tidings, catalog, onCommand: (command, document) => this.#prepare(command, document) });
  }

  get waiting() {
    return {
      how: byId('form').elements.waiting.value,
      deadline: Number(byId('deadline').value),
      delay: Number(byId('delay').value) * 1000,
    };
  }

  // ---- The form ----------------------------------------------------------------------------------------------------

  #form() {
    const groups = this.catalog.models.map((model) => make('optgroup', { label: pluralOf(model) },
      ...this.catalog.commands.filter((command) => command.model === model).map(({ type }) => make('option', { value: type }, words(type)))));
    byId('type').replaceChildren(...groups);
    byId('type').addEventListener('change', () => this.#choose(this.catalog.command(byId('type').value)));
    byId('example').addEventListener('click', () => this.#example());
    byId('form').addEventListener('submit', (event) => (event.preventDefault(), this.#submit()));
    byId('form').addEventListener('input', () => this.#explain());
    byId('delay-dial').hidden = !this.catalog.demo;
    this.#choose(this.catalog.commands[0]);
    this.#explain();
  }

  #choose(command) {
    this.command = command;
    byId('type').value = command.type;
    byId('type-hint').textContent = command.description ?? '';
    byId('problem').textContent = '';
    this.fields = new SchemaForm(byId('fields'), command);
    this.list.show(command.model);
  }

  /** A document's command: its form, filled with what is there. */
  #prepare(command, document) {
    this.#choose(command);
    this.fields.fill(document);
    byId('command').scrollIntoView({ block: 'nearest' });
    this.fields.focus();
  }

  #example() {
    const { schema, key, model } = this.command;
    const without = schema.required?.includes(key) ? [] : [key];
    this.fields.fill(sample(schema, { noun: nounOf(model), without }));
  }

  #explain() {
    const { how, deadline, delay } = this.waiting;
    byId('waiting-hint').textContent = hints[how](deadline);
    byId('deadline-value').textContent = `${deadline} s`;
    byId('delay-value').textContent = `${delay / 1000} s`;
    byId('deadline').disabled = how === 'none';
  }

  async #submit() {
    const payload = this.fields.read();
    byId('problem').textContent = '';
    if (!payload) return;
    const fields = this.fields;
    try {
      const sent = this.sender.send(this.command, payload, this.waiting);
      if (this.command.effect === 'create') {
        fields.fill({});
        fields.focus();
      }
      await sent;
    } catch (error) {
      // What was refused goes back where it can be mended, unless somebody writes there by now.
      if (fields !== this.fields) return;
      fields.fill(payload);
      const rest = fields.complain(error.errors ?? []);
      if (rest.length || !error.errors?.length)
        byId('problem').textContent = [error.message, ...rest.map(({ pointer, message }) => `${pointer} ${message}`)].join('. ');
    }
  }

  async #sendOneOfMany(type, payload, signal) {
    const waiting = { ...this.waiting, delay: 0 };
    const { outcome, pending, settled } = await this.tidings.command(type, payload, options(waiting, signal));
    if (outcome) return outcome;
    return waiting.how === 'none' ? pending : settled;
  }

  // ---- The list ----------------------------------------------------------------------------------------------------

  /** When each state of each document was first seen in the list. */
  #onShown(items, model) {
    const now = performance.now();
    const seen = new Map();
    for (const item of items) {
      const text = JSON.stringify(item);
      seen.set(text, this.#shownAt.get(text) ?? now);
    }
    this.#shownAt = seen;
    this.keys = new Set(items.map((item) => item[model.key]));
    this.#matchList();
  }

  #matchList() {
    for (const journey of this.journeys.unlisted) {
      const { payload, key } = journey.outcome;
      const deleted = this.catalog.command(journey.outcome.command_type)?.effect === 'delete';
      const listed = deleted ? this.keys && !this.keys.has(key) : this.#shownAt.has(JSON.stringify(payload));
      if (listed) journey.mark('listed');
    }
  }
}

async function start() {
  for (;;) {
    try {
      const catalog = await Catalog.load();
      new Page(catalog);
      return;
    } catch (error) {
      byId('connection').dataset.state = 'gone';
      byId('connection-text').textContent = `No server: ${error.message}`;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

start();
