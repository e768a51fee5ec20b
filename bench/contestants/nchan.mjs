// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import { Child } from '../../tests/integration/lib/child.mjs';
import { accepts, freePort } from '../../tests/integration/lib/ports.mjs';
import { eventually } from '../../tests/integration/lib/wait.mjs';

const module = '/usr/lib/nginx/modules/ngx_nchan_module.so';
const template = new URL('../peers/nchan/nginx.conf', import.meta.url);

export const nchan = {
  name: 'nchan',
  title: 'nginx + nchan',
  missing: () => (fs.existsSync(module) ? undefined : `${module} is missing: scripts/setup bench`),
  async start(scratch) {
    const port = await freePort();
    const root = scratch.directory();
    const text = fs.readFileSync(template, 'utf8').replaceAll('@ROOT@', root).replaceAll('@PORT@', String(port));
    const child = new Child('nginx', '/usr/sbin/nginx', ['-p', root, '-c', scratch.file('nginx.conf', text)]);
    scratch.keep({ close: () => child.stop().catch(() => {}) });
    await eventually('nginx accepts', () => {
      if (child.end) throw new Error(`nginx: ${child.stderr}`);
      return accepts(port);
    });
    const workers = await eventually('nginx has a worker', () => {
      const found = fs.readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
      return found && found.split(' ').map(Number);
    });
    return { origin: `http://127.0.0.1:${port}`, pids: [child.pid, ...workers] };
  },
};
