// SPDX-License-Identifier: MIT
// An AsyncAPI document as a judge: every message must be one that its channel documents.
import assert from 'node:assert/strict';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

export class AsyncApi {
  constructor(document) {
    this.document = document;
    this.ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
    addFormats(this.ajv);
    this.ajv.addSchema(document, 'contract');
    this.compiled = new Map();
    this.seen = new Set();
    this.channels = Object.entries(document.channels).filter(([, x]) => x.address).map(([id, x]) => {
      const words = x.address.split('.');
      const literal = words.filter((word) => !word.startsWith('{')).length;
      return { id, words, literal };
    });
  }

  #problem(value, schema) {
    const text = JSON.stringify(schema);
    if (!this.compiled.has(text)) this.compiled.set(text, this.ajv.compile(JSON.parse(text.replaceAll('"$ref":"#/', '"$ref":"contract#/'))));
    const check = this.compiled.get(text);
    return check(value) ? undefined : this.ajv.errorsText(check.errors);
  }

  /** The channel of a subject: of several the one with the most literal words. */
  channelOf(subject) {
    const words = subject.split('.');
    const fitting = this.channels.filter((x) => x.words.length === words.length && x.words.every((word, i) => word.startsWith('{') || word === words[i]));
    assert.ok(fitting.length > 0, `the subject ${subject} is not documented`);
    return fitting.reduce((best, x) => (x.literal > best.literal ? x : best)).id;
  }

  /** The channel that answers to requests on this one travel through, or undefined. */
  replyOf(channel) {
    const use = Object.values(this.document.operations).find((x) => x.reply && x.channel.$ref === `#/channels/${channel}`);
    return use?.reply.channel.$ref.split('/').at(-1);
  }

  /** Fails unless one of the channel's messages fits. @param headers An object, or undefined where none are looked at. */
  check(channel, text, headers) {
    const messages = Object.entries(this.document.channels[channel].messages).map(([name, x]) => [name, this.document.components.messages[name] ?? x]);
    let payload = text;
    try {
      payload = JSON.parse(text);
    } catch {
      // The schemas decide whether text that is not JSON may be there.
    }
    const problems = [];
    for (const [name, message] of messages) {
      const problem = this.#problem(payload, message.payload) ?? (headers && message.headers && this.#problem(headers, message.headers))
        ?? (headers && this.#undocumented(headers, message));
      if (problem === undefined) return this.seen.add(channel);
      problems.push(`${name}: ${problem}`);
    }
    return assert.fail(`${channel}: ${problems.join('; ')}\n${JSON.stringify(headers)} ${text}`);
  }

  #undocumented(headers, message) {
    const schema = message.headers?.$ref ? this.document.components.schemas[message.headers.$ref.split('/').at(-1)] : message.headers;
    const unknown = Object.keys(headers).filter((name) => !schema?.properties?.[name]);
    return unknown.length > 0 ? `the header ${unknown[0]} is not documented` : undefined;
  }

  unseen() {
    return Object.keys(this.document.channels).filter((id) => !this.seen.has(id));
  }
}
