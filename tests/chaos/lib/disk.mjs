// SPDX-License-Identifier: MIT
// A small disk of its own for the servers' stores, which can be filled up.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const megabytes = 192;

export const disk = {
  /** Mounts one at `directory`; throws where that is not allowed. */
  mount(directory) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tidings-chaos', directory], { stdio: 'pipe' });
    // Lazily: a server that was killed a moment ago may not have let go yet.
    return () => execFileSync('umount', ['--lazy', directory], { stdio: 'pipe' });
  },

  /** Leaves next to nothing; returns what frees it again. */
  fill(directory) {
    const filler = path.join(directory, 'filler');
    // What the server writes meanwhile is in the way of taking all at once; then a little less is taken, and the next time the rest.
    for (let i = 0; i < 20; i += 1) {
      const { bavail, bsize } = fs.statfsSync(directory);
      if (bavail === 0) break;
      try {
        execFileSync('fallocate', ['--length', String(bavail * bsize), `${filler}.${i}`], { stdio: 'pipe' });
      } catch (error) {
        if (!/No space/.test(error.stderr)) throw error;
      }
    }
    return () => {
      for (const name of fs.readdirSync(directory)) if (name.startsWith('filler')) fs.rmSync(path.join(directory, name));
    };
  },
};
