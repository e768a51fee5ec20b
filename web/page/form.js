// SPDX-License-Identifier: MIT
// A form for any JSON Schema of an object. The server decides what is valid; this only saves a round trip.
import { make, words } from './dom.js';

const typeOf = (schema) => (Array.isArray(schema.type) ? schema.type.find((type) => type !== 'null') : schema.type);
const inputTypes = { email: 'email', date: 'date', uri: 'url', time: 'time' };

export class SchemaForm {
  #fields = new Map();

  constructor(container, { schema, key }) {
    this.key = key;
    const required = new Set(schema.required ?? []);
    const members = Object.entries(schema.properties ?? {});
    // A key that may be left out is for the few who want to choose it.
    members.sort(([a], [b]) => (a === key && !required.has(a)) - (b === key && !required.has(b)));
    const rows = members.map(([name, member]) => this.#row(name, member, required.has(name)));
    if (this.#fields.has(key) && !required.has(key)) rows.push(make('details', {}, make('summary', {}, `Choose the ${key} yourself`), rows.pop()));
    if (rows.length === 0) rows.push(this.#row('', { type: 'object', description: 'The model gives no schema: any JSON object.' }, true));
    container.replaceChildren(...rows);
  }

  #row(name, schema, required) {
    const id = `field-${name || 'payload'}`;
    const described = `${id}-hint ${id}-error`;
    const shared = { id, name: name || 'payload', 'aria-describedby': described, 'aria-required': required ? 'true' : undefined, autocomplete: 'off' };
    const input = this.#input(schema, shared, required);
    const limits = schema.maxLength && schema.maxLength <= 100 ? `At most ${schema.maxLength} characters.` : '';
    const hint = [schema.description, input.localName !== 'select' && typeOf(schema) === 'string' && !schema.description ? limits : ''].filter(Boolean).join(' ');
    const error = make('p.error', { id: `${id}-error` });
    this.#fields.set(name, { schema, required, input, error });
    input.addEventListener('input', () => this.#mark(name, ''));
    const label = make('label', { for: id }, schema.title ?? words(name || 'payload'), required ? null : make('span.optional', {}, ' optional'));
    const boxed = input.type === 'checkbox';
    return make(`div.field${boxed ? '.check' : ''}`, {}, ...(boxed ? [input, label] : [label, input]), make('p.hint', { id: `${id}-hint` }, hint), error);
  }

  #input(schema, shared, required) {
    const type = typeOf(schema);
    if (schema.enum) {
      const options = schema.enum.map((value, i) => make('option', { value: String(i), selected: schema.default === value }, value === null ? 'none' : String(value)));
      return make('select', shared, required && schema.default !== undefined ? null : make('option', { value: '' }, required ? 'Choose one' : 'None'), ...options);
    }
    if (type === 'boolean') return make('input', { ...shared, type: 'checkbox', checked: schema.default === true });
    if (type === 'number' || type === 'integer')
      return make('input', { ...shared, type: 'number', step: type === 'integer' ? '1' : 'any', min: schema.minimum, max: schema.maximum, value: schema.default });
    if (type === 'object' || type === 'array') return make('textarea.code', { ...shared, rows: 3, spellcheck: 'false' }, type === 'object' ? '{}' : '[]');
    if ((schema.maxLength ?? 0) > 400) return make('textarea', { ...shared, rows: 2, maxlength: schema.maxLength });
    return make('input', { ...shared, type: inputTypes[schema.format] ?? 'text', maxlength: schema.maxLength, value: schema.default });
  }

  /** The payload, or undefined after showing what is wrong with it. */
  read() {
    let payload = {};
    let first;
    for (const [name, field] of this.#fields) {
      const { value, complaint } = read(field);
      this.#mark(name, complaint ?? '');
      if (complaint) first ??= field.input;
      else if (name === '') payload = value;
      else if (value !== undefined) payload[name] = value;
    }
    first?.focus();
    return first ? undefined : payload;
  }

  fill(payload) {
    for (const [name, { schema, input }] of this.#fields) {
      // Without a schema, the key is all that is known to be wanted.
      const value = name !== '' ? payload[name] : this.key in payload ? { [this.key]: payload[this.key] } : undefined;
      this.#mark(name, '');
      if (input.type === 'checkbox') input.checked = value === true;
      else if (schema.enum) input.value = value === undefined ? '' : String(schema.enum.indexOf(value));
      else if (typeof value === 'object' && value !== null) input.value = JSON.stringify(value);
      else input.value = value ?? '';
    }
  }

  /** Shows the server's complaints where they belong; returns those that belong nowhere. */
  complain(errors) {
    let first;
    const rest = errors.filter(({ pointer, message }) => {
      const name = pointer.split('/')[1]?.replace(/~1/g, '/').replace(/~0/g, '~');
      if (!this.#fields.has(name)) return true;
      this.#mark(name, message.charAt(0).toUpperCase() + message.slice(1));
      first ??= this.#fields.get(name).input;
      return false;
    });
    first?.focus();
    return rest;
  }

  focus() {
    [...this.#fields.values()][0]?.input.focus();
  }

  #mark(name, complaint) {
    const { input, error } = this.#fields.get(name);
    error.textContent = complaint;
    if (!complaint) return input.removeAttribute('aria-invalid');
    input.setAttribute('aria-invalid', 'true');
    const hidden = input.closest('details');
    if (hidden) hidden.open = true;
  }
}

function read({ schema, required, input }) {
  const type = typeOf(schema);
  if (type === 'boolean') return { value: input.checked };
  if (input.value === '') {
    if (input.validity.badInput) return { complaint: 'Not a number.' };
    return required ? { complaint: schema.enum ? 'Choose one.' : 'This is needed.' } : {};
  }
  if (schema.enum) return { value: schema.enum[Number(input.value)] };
  if (type === 'number' || type === 'integer') {
    const value = Number(input.value);
    if (type === 'integer' && !Number.isInteger(value)) return { complaint: 'A whole number, please.' };
    if (value < schema.minimum) return { complaint: `Not below ${schema.minimum}.` };
    if (value > schema.maximum) return { complaint: `Not above ${schema.maximum}.` };
    return { value };
  }
  if (type === 'object' || type === 'array') {
    try {
      return { value: JSON.parse(input.value) };
    } catch {
      return { complaint: 'This is not JSON.' };
    }
  }
  if (input.value.length < (schema.minLength ?? 0)) return { complaint: `At least ${schema.minLength} characters.` };
  if (schema.pattern && !new RegExp(schema.pattern, 'u').test(input.value)) return { complaint: `Does not fit ${schema.pattern}` };
  return { value: input.value };
}
