// SPDX-License-Identifier: MIT
// Making elements. Text goes in as text, never as markup: what is shown comes from other people.

export const byId = (id) => document.getElementById(id);

/** An element: `on` has listeners, `data` data-attributes, undefined and false attributes are left out. */
export function make(tag, { on = {}, data = {}, ...attributes } = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name || 'div');
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false || value === null) continue;
    element.setAttribute(key, value === true ? '' : value);
  }
  for (const [key, listener] of Object.entries(on)) element.addEventListener(key, listener);
  Object.assign(element.dataset, data);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** `created_at` and `CreateLocation` as a person writes them. */
export function words(name) {
  const spaced = name.replace(/_/g, ' ').replace(/([a-z0-9])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Milliseconds with as many digits as one can use. */
export function duration(ms) {
  if (ms >= 9950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 995) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms < 9.95 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

export const clock = (date = new Date()) => date.toLocaleTimeString('en-GB', { hour12: false });
