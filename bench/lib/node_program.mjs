// SPDX-License-Identifier: MIT
// Peers that run in Node.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from '../../tests/integration/lib/child.mjs';

const peers = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../peers');

/** Why peers in Node cannot run; undefined when they can. */
export const nodePeersMissing = () =>
  fs.existsSync(path.join(peers, 'node_modules')) ? undefined : 'bench/peers/node_modules is missing: npm ci in bench/peers';

// @nats-io expects it as a global, which Debian 12's Node has only when asked.
const flags = parseInt(process.versions.node, 10) < 20 ? ['--experimental-global-webcrypto'] : [];

/** Starts a program of bench/peers and waits for its line. */
export async function nodeProgram(scratch, file, args, line) {
  const child = new Child(file, process.execPath, [...flags, path.join(peers, file), ...args], { env: { ...process.env, NODE_ENV: 'production' }, cwd: peers });
  scratch.keep({ close: () => child.stop().catch(() => {}) });
  const match = await child.printed(line, { deadline: 30_000 });
  return { child, origin: match[1] };
}
