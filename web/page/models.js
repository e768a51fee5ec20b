// SPDX-License-Identifier: MIT
// What the server's models declare, as the page needs it.

const titles = ['name', 'title', 'label', 'subject', 'email'];

export class Catalog {
  constructor({ models, demo = false }) {
    this.models = models;
    this.demo = demo;
    this.commands = models.flatMap((model) =>
      Object.entries(model.commands ?? {}).map(([type, spec]) => ({ type, model, key: model.key, schema: {}, ...spec })));
  }

  static async load() {
    const response = await fetch('/model', { headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`GET /model: ${response.status}`);
    return new Catalog(await response.json());
  }

  command(type) {
    return this.commands.find((command) => command.type === type);
  }

  /** The model's commands with this effect. */
  withEffect(model, effect) {
    return this.commands.filter((command) => command.model === model && command.effect === effect);
  }

  /** The type of the model's list query, if it has one that needs no search. */
  listOf(model) {
    const lists = Object.entries(model.queries ?? {}).filter(([, query]) => query.effect === 'list');
    return (lists.find(([, query]) => !query.search || query.sort?.startsWith('-')) ?? lists[0])?.[0];
  }

  /** Where one document is: the model's own address for it, or the query. */
  pathOf(model, key) {
    const gets = Object.entries(model.queries ?? {}).filter(([, query]) => query.effect === 'get').map(([type]) => type);
    const route = Object.entries(model.routes ?? {}).find(([place, type]) => gets.includes(type) && place.startsWith('GET '));
    if (route) return route[0].slice(4).replace(/\{[^}]+\}/, encodeURIComponent(key));
    return gets.length ? `/queries/${gets[0]}?${new URLSearchParams({ [model.key]: key })}` : undefined;
  }

  /** The model that an address belongs to. */
  modelOf(path) {
    return this.models.find((model) =>
      Object.keys(model.routes ?? {}).some((place) => {
        const pattern = place.split(' ')[1].replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+');
        return new RegExp(`^${pattern}$`).test(path);
      }) || Object.keys(model.queries ?? {}).some((type) => path.startsWith(`/queries/${type}?`)));
  }
}

/** What a person would call the document. */
export function titleOf(document, key) {
  const named = titles.find((name) => typeof document?.[name] === 'string' && document[name]);
  return named ? document[named] : (key ?? 'document');
}

export const nounOf = (model) => model.noun ?? model.service.replace(/s$/, '').replace(/^./, (x) => x.toUpperCase());

export const pluralOf = (model) => model.service.replace(/^./, (x) => x.toUpperCase());
