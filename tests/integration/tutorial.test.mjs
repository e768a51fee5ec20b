// SPDX-License-Identifier: MIT
// Runs docs/tutorial.md: each sh block, whose output must fit the block below it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { repository } from './lib/tidings.mjs';
import { within } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const text = fs.readFileSync(path.join(repository, 'docs/tutorial.md'), 'utf8');

/** The fenced blocks in order: language, the model they need, body, and the heading they stand under. */
function* blocks() {
  let heading = '';
  for (const [, title, language, model, body] of text.matchAll(/^## ([^\n]+)$|^```(\w+)(?: model=(\S+))?\n(.*?)^```$/gms)) {
    if (title) heading = title;
    else yield { heading, language, model, body };
  }
}

/** `...` is anything, in one line. */
function fits(pattern, line) {
  const parts = pattern.split('...').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(line);
}

test('the tutorial does what it says', async (world) => {
  const directory = world.directory();
  const servers = new Map();
  const all = [...blocks()];
  assert.ok(all.filter(({ language }) => language === 'sh').length >= 8, 'the blocks are found');

  for (const [i, { heading, language, model, body }] of all.entries()) {
    if (language === 'json' && model) fs.writeFileSync(path.join(directory, model), body);
    if (language !== 'sh') continue;
    if (!servers.has(model)) servers.set(model, await world.tidings(model ? { models: [path.join(directory, model)] } : {}));
    await world.claim(`${heading} (block ${i + 1})`, async () => {
      const script = body.replaceAll('http://127.0.0.1:8080', servers.get(model).origin);
      const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: directory, timeout: within(20_000) });
      // Two answers without a newline between them are two lines in the tutorial.
      const lines = stdout.replaceAll('}{', '}\n{').trimEnd().split('\n');
      const expected = all[i + 1].body.trimEnd().split('\n');
      assert.equal(lines.length, expected.length, stdout);
      expected.forEach((pattern, n) => assert.ok(fits(pattern, lines[n]), `expected ${pattern}\ngot      ${lines[n]}`));
    });
  }
});
