// SPDX-License-Identifier: MIT
// A small disk of its own for the servers' stores, which can be filled up.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const megabytes = 512;

export const disk = {
  /** Mounts one at `directory`; throws where that is not allowed. */
  mount(directory) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tidings-chaos', directory], { stdio: 'pipe' });
    return () => execFileSync('umount', [directory], { stdio: 'pipe' });
  },

  /** Leaves nothing; returns what frees it again. */
  fill(directory) {
    const filler = path.join(directory, 'filler');
    const file = fs.openSync(filler, 'w');
    const block = Buffer.alloc(1 << 20);
    try {
      for (let i = 0; i <= megabytes; i += 1) {
        // A block that does not fit is written as far as it does.
        let written = 0;
        while (written < block.length) written += fs.writeSync(file, block, written);
      }
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
    } finally {
      fs.closeSync(file);
    }
    return () => fs.rmSync(filler);
  },
};
