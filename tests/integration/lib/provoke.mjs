// SPDX-License-Identifier: MIT
// Ways to every answer that an operation documents.
import assert from 'node:assert/strict';
import { RawConnection } from './http.mjs';
import { eventually } from './wait.mjs';

let counter = 0;
export const freshId = () => `x${process.pid}-${(counter += 1)}`;

const town = (id) => ({ id, name: 'Ghent', category: 'City' });
const user = (id) => ({ id, name: 'Ada', email: `${id}@example.com` });

/** Per command type: what it takes, and the command that must have made its document before. */
export const commands = {
  CreateLocation: { payload: town, conflict: 'twice' },
  RenameLocation: { payload: (id) => ({ id, name: 'Gent' }), needs: 'CreateLocation', conflict: 'missing' },
  UpdateLocation: { payload: (id) => ({ id, name: 'Gent' }), needs: 'CreateLocation', conflict: 'missing' },
  ReplaceLocation: { payload: town },
  RemoveLocation: { payload: (id) => ({ id }), needs: 'CreateLocation', conflict: 'missing' },
  CreateUser: { payload: user, conflict: 'twice' },
  UpdateUser: { payload: (id) => ({ id, name: 'Eve' }), needs: 'CreateUser', conflict: 'missing' },
  DeleteUser: { payload: (id) => ({ id }), needs: 'CreateUser', conflict: 'missing' },
  Decide: { payload: (id) => ({ id }), conflict: 'asked' },
  Bury: { payload: (id) => ({ id }), conflict: 'asked' },
};

/** Sends `payload` as the operation takes it: members in the path, the parameters or the body. */
export function send(client, operation, payload, { headers = {}, name } = {}) {
  const rest = { ...payload };
  const path = operation.path.replace(/\{([^}]+)\}/g, (_, parameter) => {
    const value = parameter === 'name' ? name : rest[parameter];
    delete rest[parameter];
    return encodeURIComponent(value);
  });
  if (operation.method === 'DELETE') return client.request('DELETE', path, { headers });
  if (operation.method !== 'GET') return client.request(operation.method, path, { body: Array.isArray(payload) ? payload : rest, headers });
  const query = new URLSearchParams(rest).toString();
  return client.get(query ? `${path}?${query}` : path, { headers });
}

/** The type that a model's operation is about; undefined for Tidings' own. */
export const typeOf = (operation) => (operation.id.startsWith('tidings.') ? undefined : operation.id.split('.')[0]);

const examplePath = (operation) => operation.path.replace('{name}', 'Elsewhere').replace(/\{[^}]+\}/g, 'x');

/** What HTTP itself refuses, for any operation: status and the bytes that bring it. */
export function framing(operation) {
  const path = examplePath(operation);
  const head = (...more) => [`${operation.method} ${path} HTTP/1.1`, 'Host: localhost', ...more, '', ''].join('\r\n');
  return {
    400: head('Host: y'),
    413: head('Content-Type: application/json', 'Content-Length: 2000000'),
    414: head().replace(path, `${path}?${'q'.repeat(5000)}`),
    415: head('Content-Encoding: gzip', 'Content-Length: 0'),
    417: head('Expect: a-miracle'),
    431: head(`X-Padding: ${'p'.repeat(9000)}`),
    505: head().replace('HTTP/1.1', 'HTTP/1.2'),
  };
}

/** Sends bytes on a connection of their own and takes the answer. */
export async function raw(origin, bytes, { deadline } = {}) {
  const connection = await RawConnection.open(origin);
  connection.write(bytes);
  const [answer] = await connection.responses(1, { deadline });
  connection.destroy();
  return answer;
}

/** POSTs for a stream of events and takes its first `count` events. */
export async function postedStream(origin, path, payload, count = 1) {
  const connection = await RawConnection.open(origin);
  const body = JSON.stringify(payload);
  connection.write([`POST ${path} HTTP/1.1`, 'Host: localhost', 'Accept: text/event-stream', 'Content-Type: application/json',
    `Content-Length: ${body.length}`, '', body].join('\r\n'));
  const text = () => connection.received.toString('utf8');
  await eventually(`${count} events`, () => text().split('\nevent: ').length > count && text().endsWith('\n\n'));
  connection.destroy();
  const [head, ...rest] = text().split('\r\n\r\n');
  const [line, ...fields] = head.split('\r\n');
  const headers = Object.fromEntries(fields.map((x) => [x.slice(0, x.indexOf(':')).toLowerCase(), x.slice(x.indexOf(':') + 1).trim()]));
  return { status: Number(line.split(' ')[1]), headers, text: rest.join('\r\n\r\n') };
}

/** The first half of a request, and then nothing. */
export const stalled = (origin, operation) =>
  raw(origin, `${operation.method} ${examplePath(operation)} HTTP/1.1\r\nHost: localhost\r\n`, { deadline: 20_000 });

/** Makes the document that a command needs; returns its id. */
export async function prepared(client, type) {
  const id = freshId();
  const { needs } = commands[type];
  if (needs) {
    const made = await client.command(needs, commands[needs].payload(id), { wait: 10 });
    assert.equal(made.status, 200, made.text);
  }
  return id;
}
