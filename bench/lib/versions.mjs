// SPDX-License-Identifier: MIT
// Which programs the figures are about.
import { execFileSync } from 'node:child_process';

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };

function first(pattern, command, args) {
  try {
    // wrk and nginx tell their version on standard error.
    const text = execFileSync('/bin/sh', ['-c', 'exec "$@" 2>&1', 'sh', command, ...args], { encoding: 'utf8', env });
    return pattern.exec(text)?.[1] ?? 'unknown';
  } catch (error) {
    return pattern.exec(error.stdout ?? '')?.[1] ?? 'missing';
  }
}

export const versions = () => ({
  commit: first(/^(\S+)/, 'git', ['describe', '--always', '--dirty']),
  nats_server: first(/v?(\d[\d.]+)/, 'nats-server', ['--version']),
  node: process.versions.node,
  nginx: first(/nginx\/([\d.]+)/, 'nginx', ['-v']),
  wrk: first(/wrk (?:debian\/)?([\d.]+)/, 'wrk', ['-v']),
});
