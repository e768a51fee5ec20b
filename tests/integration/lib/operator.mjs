// SPDX-License-Identifier: MIT
// A NATS operator with an account and a user, as `nsc` would make them: a server's configuration and a credentials file.
import { createAccount, createOperator, createUser } from 'nkeys.js';

const text = (bytes) => new TextDecoder().decode(bytes);
const base64 = (value) => Buffer.from(value).toString('base64url');
const everything = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

function jwt(signer, subject, name, nats) {
  const claims = { jti: name, iat: Math.floor(Date.now() / 1000), iss: signer.getPublicKey(), name, sub: subject.getPublicKey(), nats: { ...nats, version: 2 } };
  const signed = `${base64(JSON.stringify({ typ: 'JWT', alg: 'ed25519-nkey' }))}.${base64(JSON.stringify(claims))}`;
  return `${signed}.${base64(signer.sign(new TextEncoder().encode(signed)))}`;
}

/** @returns {{config: string, creds: string, seed: string}} */
export function operated() {
  const [operator, system, account, user] = [createOperator(), createAccount(), createAccount(), createUser()];
  const accountOf = (keys, name, limits) => jwt(operator, keys, name, { limits, default_permissions: { pub: {}, sub: {} }, type: 'account' });
  const config = [
    `operator: ${jwt(operator, operator, 'operator', { type: 'operator', system_account: system.getPublicKey() })}`,
    `system_account: ${system.getPublicKey()}`,
    'resolver: MEMORY',
    `resolver_preload: { ${system.getPublicKey()}: ${accountOf(system, 'system', everything)}, ${account.getPublicKey()}: ${accountOf(account, 'tidings', { ...everything, ...storage })} }`,
  ].join('\n');
  const seed = text(user.getSeed());
  const creds = `-----BEGIN NATS USER JWT-----\n${jwt(account, user, 'user', { pub: {}, sub: {}, subs: -1, data: -1, payload: -1, type: 'user' })}\n------END NATS USER JWT------\n\n`
    + `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`;
  return { config: `${config}\n`, creds, seed };
}
