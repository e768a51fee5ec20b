// SPDX-License-Identifier: MIT
// The client's parser, and the package that is published.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { parseEvents } from '../../web/client/tidings.js';
import { repository } from './lib/tidings.mjs';
import { test } from './lib/world.mjs';

const folder = path.join(repository, 'web/client');

test('events are parsed as the standard says, however the bytes are cut', async (world) => {
  const text = '\ufeff: comment\r\nretry: 250\r\n\r\nid: 7\revent: completed\rdata: {"name":\rdata:"Zürich"}\r\rdata: second\nid: a\0b\nunknown: x\n\ndata\n\ndata: lost';
  const expected = [{ retry: 250 }, { id: '7', event: 'completed', data: '{"name":\n"Zürich"}' }, { data: 'second' }, { data: '' }];
  const bytes = new TextEncoder().encode(text);

  async function parsed(chunks) {
    const body = new ReadableStream({ start: (controller) => (chunks.forEach((chunk) => controller.enqueue(chunk)), controller.close()) });
    const events = [];
    for await (const event of parseEvents(body)) if (Object.keys(event).length) events.push(event);
    return events;
  }

  await world.claim('at every byte', async () => {
    for (let at = 0; at <= bytes.length; at += 1) assert.deepEqual(await parsed([bytes.slice(0, at), bytes.slice(at)]), expected, `cut at ${at}`);
  });
  await world.claim('byte by byte', async () => {
    assert.deepEqual(await parsed([...bytes].map((_, i) => bytes.slice(i, i + 1))), expected);
  });
});

test('the package', async (world) => {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));

  await world.claim('is under 4 kB gzipped', () => {
    const size = zlib.gzipSync(fs.readFileSync(path.join(folder, 'tidings.js')), { level: 9 }).length;
    assert.ok(size < 4000, `${size} bytes`);
  });

  await world.claim('has all its files and depends on nothing', () => {
    for (const name of [...manifest.files, manifest.types, manifest.exports['.'].default]) assert.ok(fs.existsSync(path.join(folder, name)), name);
    assert.equal(manifest.dependencies, undefined);
  });

  await world.claim('declares the types of all that it exports', () => {
    const types = fs.readFileSync(path.join(folder, 'tidings.d.ts'), 'utf8');
    const source = fs.readFileSync(path.join(folder, 'tidings.js'), 'utf8');
    const names = [...source.matchAll(/^export (?:async )?(class|function\*?) (\w+)/gm)].map(([, kind, name]) => [kind.replace('*', ''), name]);
    assert.equal(names.length, 3);
    for (const [kind, name] of names) assert.match(types, new RegExp(`export ${kind} ${name}\\b`));
  });
});
