// SPDX-License-Identifier: MIT
import fs from 'node:fs';

/** The pid of the nats-server child of a process; undefined while there is none. */
export function embeddedServerOf(pid) {
  for (const child of fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')) {
    if (child && fs.readFileSync(`/proc/${child}/comm`, 'utf8').trim() === 'nats-server') return Number(child);
  }
  return undefined;
}

/** Whether a process runs; a zombie has ended, and whoever reaps it is not our matter. */
export function lives(pid) {
  try {
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Bytes of memory that a process has resident. */
export const residentBytes = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
