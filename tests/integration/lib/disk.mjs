// SPDX-License-Identifier: MIT
// A disk of its own whose power can be cut: a file as a block device, with a file system that writes nothing until it must.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const run = (command, ...args) => execFileSync(command, args, { stdio: 'pipe', env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } }).toString().trim();

/** Why there can be no such disk here; undefined when there can. */
export function noDisk() {
  if (process.getuid() !== 0) return 'it takes the right to mount';
  try {
    run('losetup', '--find');
    run('mkfs.ext4', '-V');
    run('sh', '-c', 'command -v chattr');
  } catch (error) {
    return `it takes loop devices and ext4: ${error.message.split('\n')[0]}`;
  }
  return undefined;
}

export class Disk {
  /** An empty one. @throws when the system does not let us. */
  static make(directory, megabytes = 512) {
    const image = path.join(directory, 'disk');
    fs.closeSync(fs.openSync(image, 'w'));
    fs.truncateSync(image, megabytes * 1024 * 1024);
    // Written out at once, so that later writes are those of the test.
    run('mkfs.ext4', '-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image);
    return new Disk(directory, image);
  }

  constructor(directory, image) {
    this.directory = directory;
    this.image = image;
    this.root = fs.mkdtempSync(path.join(directory, 'mounted-'));
    // Direct: what the file holds is what a disk would hold. The journal is committed when somebody syncs, or after five minutes.
    this.device = run('losetup', '--find', '--show', '--direct-io=on', image);
    try {
      run('mount', '-t', 'ext4', '-o', 'commit=300,noatime', this.device, this.root);
    } catch (error) {
      run('losetup', '--detach', this.device);
      throw error;
    }
    this.mounted = true;
  }

  /** What would be there after the power failed now, as a disk that is switched on again. Whoever writes must have been stopped. */
  cut(directory) {
    const copy = path.join(directory, 'disk');
    fs.copyFileSync(this.image, copy);
    return new Disk(directory, copy);
  }

  close() {
    if (!this.mounted) return;
    this.mounted = false;
    run('umount', this.root);
    run('losetup', '--detach', this.device);
  }
}

/** Every write to what is made below is synced by the file system. */
export const syncEveryWrite = (directory) => run('chattr', '+S', directory);
