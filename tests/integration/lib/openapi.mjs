// SPDX-License-Identifier: MIT
// An OpenAPI document as a judge: every answer must be one that it documents.
import assert from 'node:assert/strict';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createParser } from 'eventsource-parser';

/** What HTTP adds to every message. */
const transport = new Set(['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding']);

const eventsOf = (text) => {
  const events = [];
  createParser({ onEvent: (event) => events.push(event) }).feed(text);
  return events;
};

const pair = (operation, status, media) => `${operation.id} ${status} ${media}`;

export class OpenApi {
  constructor(document) {
    this.document = document;
    this.ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
    addFormats(this.ajv);
    this.ajv.addSchema(document, 'contract');
    this.compiled = new Map();
    this.seen = new Set();
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).filter(([method]) => method !== 'parameters').map(([method, operation]) => ({
        method: method.toUpperCase(), path, id: operation.operationId, statuses: Object.keys(operation.responses),
        pathParameters: [...(item.parameters ?? []), ...operation.parameters].filter((x) => x.in === 'path').map((x) => x.name),
        operation,
      })));
  }

  /** The operation under this id. */
  operation(id) {
    return this.operations.find((x) => x.id === id) ?? assert.fail(`no operation ${id}`);
  }

  /** What a concrete path takes: a path may fit several of the document, e.g. /users/search and /users/{id}. */
  methodsOf(path) {
    const fits = (template) => new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path);
    return new Set(this.operations.filter((x) => fits(x.path)).map((x) => x.method));
  }

  resolve(x) {
    if (!x?.$ref) return x;
    return x.$ref.split('/').slice(1).reduce((node, word) => node[word], this.document);
  }

  /** Fails unless `value` fits `schema`, a part of the document. */
  fits(value, schema, what) {
    const text = JSON.stringify(schema);
    if (!this.compiled.has(text)) this.compiled.set(text, this.ajv.compile(JSON.parse(text.replaceAll('"$ref":"#/', '"$ref":"contract#/'))));
    const check = this.compiled.get(text);
    assert.ok(check(value), `${what}: ${this.ajv.errorsText(check.errors)}\n${JSON.stringify(value)}`);
  }

  /** Fails unless the document knows this answer of the operation; notes that it was seen. */
  check(operation, answer) {
    const what = `${operation.method} ${operation.path} ${answer.status}`;
    const response = this.resolve(operation.operation.responses[answer.status]);
    assert.ok(response, `${what} is not documented: ${answer.text}`);
    this.#checkHeaders(response, answer, what);
    const media = this.#checkBody(response, answer, what);
    this.seen.add(pair(operation, answer.status, media));
    return answer;
  }

  #checkHeaders(response, answer, what) {
    const documented = Object.entries(response.headers ?? {}).map(([name, header]) => [name.toLowerCase(), header]);
    for (const [name, header] of documented) {
      const value = answer.headers[name];
      if (header.required) assert.notEqual(value, undefined, `${what}: ${name} is missing`);
      if (value !== undefined) this.fits(Array.isArray(value) ? value[0] : value, header.schema, `${what}: ${name}`);
    }
    const known = new Set(documented.map(([name]) => name));
    for (const name of Object.keys(answer.headers)) assert.ok(known.has(name) || transport.has(name), `${what}: the header ${name} is not documented`);
  }

  #checkBody(response, answer, what) {
    if (!response.content) return void assert.equal(answer.text, '', `${what} has a body`);
    const type = answer.headers['content-type'].split(';')[0];
    const documented = [type, `${type.split('/')[0]}/*`].find((x) => x in response.content);
    assert.ok(documented, `${what}: ${type} is not documented`);
    const media = response.content[documented];
    if (type === 'text/event-stream') {
      for (const { event, data } of eventsOf(answer.text)) {
        assert.ok(media.schema['x-events'][event], `${what}: the event ${event} is not documented`);
        this.fits(JSON.parse(data), media.schema['x-events'][event], `${what}: event ${event}`);
      }
    } else {
      this.fits(answer.json ?? answer.text, media.schema, what);
    }
    return documented;
  }

  /** Everything that is documented, as "operation status media type". */
  documented() {
    return this.operations.flatMap((x) => Object.entries(x.operation.responses).flatMap(([status, response]) =>
      Object.keys(this.resolve(response).content ?? { undefined: 0 }).map((media) => pair(x, status, media))));
  }

  /** What of it no answer has shown. */
  unseen() {
    return this.documented().filter((x) => !this.seen.has(x));
  }
}
