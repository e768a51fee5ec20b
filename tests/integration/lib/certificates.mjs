// SPDX-License-Identifier: MIT
// Certificates of an authority of our own, made with openssl.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });

export class Authority {
  /** In a directory of the world. */
  constructor(world, name = 'test authority') {
    this.directory = world.directory();
    this.ca = path.join(this.directory, 'ca.pem');
    this.key = path.join(this.directory, 'ca.key');
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-keyout', this.key, '-out', this.ca);
    this.pem = fs.readFileSync(this.ca, 'utf8');
  }

  /** A server's certificate. @returns {{certificate, key}} files; `to` names them. */
  issue(names, to = 'server') {
    const file = (ending) => path.join(this.directory, `${to}.${ending}`);
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${to}`, '-keyout', file('key'), '-out', file('csr'));
    fs.writeFileSync(file('ext'), `subjectAltName=${names}\n`);
    openssl('x509', '-req', '-in', file('csr'), '-CA', this.ca, '-CAkey', this.key, '-CAcreateserial', '-days', '2', '-extfile', file('ext'), '-out', file('pem'));
    return { certificate: file('pem'), key: file('key') };
  }
}
