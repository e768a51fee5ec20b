// SPDX-License-Identifier: MIT
// An issuer of tokens, made with the library that people use, and the files by which a gateway trusts it.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export const issuer = 'https://issuer.example';
export const audience = 'tidings';
export const seconds = () => Math.floor(Date.now() / 1000);

/** The owner token that outcomes of a subject are stored under. */
export const ownerOf = (subject) => `u-${createHash('sha256').update(`${issuer.length}:${issuer}${subject}`).digest('hex').slice(0, 32)}`;

export class Issuer {
  /** With one key for each algorithm, the `kid` being the algorithm's name. */
  static async make(world, { algorithms = ['RS256', 'ES256', 'EdDSA'] } = {}) {
    const made = new Issuer();
    made.keys = new Map();
    for (const algorithm of algorithms)
      made.keys.set(algorithm, await generateKeyPair(algorithm, { extractable: true }));
    made.file = world.file('jwks.json', await made.jwks());
    made.args = ['--auth', 'jwt', '--jwks', made.file, '--jwt-issuer', issuer, '--jwt-audience', audience];
    return made;
  }

  async jwks() {
    const keys = [];
    for (const [kid, { publicKey }] of this.keys) keys.push({ ...(await exportJWK(publicKey)), kid, use: 'sig' });
    return JSON.stringify({ keys });
  }

  /** Writes the keys of now. */
  async publish() {
    fs.writeFileSync(this.file, await this.jwks());
  }

  /** A token that counts, unless `claims`, `header` or `key` say otherwise; a claim of undefined is left out. */
  token(subject, { algorithm = 'ES256', claims = {}, header = {}, key } = {}) {
    const now = seconds();
    const all = { iss: issuer, aud: audience, sub: subject, iat: now, exp: now + 600, ...claims };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new SignJWT(given).setProtectedHeader({ alg: algorithm, kid: algorithm, ...header }).sign(key ?? this.keys.get(algorithm).privateKey);
  }
}

export const bearer = (token) => ({ authorization: `Bearer ${token}` });
