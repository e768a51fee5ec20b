// SPDX-License-Identifier: MIT
// Requests that no honest client sends, and what each must get: [title, bytes, statuses]. Each status list says which
// answers are right; all of them end the connection, unless the case says `stays`.

const json = 'Content-Type: application/json\r\n';
/** A whole request that must never be carried out, for hiding inside of others. */
const evil = `{"name":"SMUGGLED","category":"Town","description":"x"}`;
export const hidden = `POST /commands/CreateLocation HTTP/1.1\r\nHost: localhost\r\n${json}Content-Length: ${evil.length}\r\n\r\n${evil}`;

const get = (lines = '', target = '/healthz', version = 'HTTP/1.1') => `GET ${target} ${version}\r\nHost: localhost\r\n${lines}\r\n`;
const post = (lines, body = '') => `POST /commands/CreateLocation HTTP/1.1\r\nHost: localhost\r\n${json}${lines}\r\n${body}`;
const chunked = (chunks) => post('Transfer-Encoding: chunked\r\n', chunks);
const visible = (c) => (c >= 0x20 && c < 0x7f ? String.fromCharCode(c) : `0x${c.toString(16)}`);
const bytes = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);
const isToken = (c) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(c));

function* sizes() {
  const line = (size) => get('', `/${'t'.repeat(size - 1)}`);
  yield ['H4 target of 4095', line(4095), [404], 'stays'];
  yield ['H4 target of 4096', line(4096), [404], 'stays'];
  yield ['H4 target of 4097', line(4097), [414]];
  yield ['H4 target of 100,000', line(100_000), [414]];
  yield ['H4 request line without an end', `GET /${'t'.repeat(20_000)}`, [414]];
  const head = (size) => get(`X-A: ${'a'.repeat(size - get('X-A: \r\n').length)}\r\n`);
  yield ['H4 head of 8191', head(8191), [200], 'stays'];
  yield ['H4 head of 8192', head(8192), [200], 'stays'];
  yield ['H4 head of 8193', head(8193), [431]];
  yield ['H4 head of 100,000', head(100_000), [431]];
  const fields = (count) => get(Array.from({ length: count - 1 }, (_, i) => `A${i}: x\r\n`).join(''));
  yield ['H4 63 headers', fields(63), [200], 'stays'];
  yield ['H4 64 headers', fields(64), [200], 'stays'];
  yield ['H4 65 headers', fields(65), [431]];
  yield ['H4 header without an end', `GET / HTTP/1.1\r\nHost: localhost\r\nA: ${'a'.repeat(20_000)}`, [431]];
  // What NATS takes at most (1 MiB by default), less what is put around a body.
  const most = 1024 * 1024 - 4096;
  for (const [size, statuses, end] of [[most - 1, [422], 'stays'], [most, [422], 'stays'], [most + 1, [413]]]) {
    const padded = '{}'.padStart(size);
    yield [`H5 body of ${size}`, post(`Content-Length: ${size}\r\n`, padded), statuses, end];
    yield [`H5 chunked body of ${size}`, chunked(`${size.toString(16)}\r\n${padded}\r\n0\r\n\r\n`), statuses, end];
  }
  for (const length of ['1048577', '9223372036854775807', '9223372036854775808', '18446744073709551615', '18446744073709551616', '9'.repeat(400)])
    yield [`H5 length ${length.slice(0, 24)}`, post(`Content-Length: ${length}\r\n`), [400, 413]];
  yield ['H5 too long, but waits to be invited', post('Content-Length: 1048577\r\nExpect: 100-continue\r\n'), [413]];
  for (const size of ['100001', '7fffffffffffffff', 'ffffffffffffffff', '8000000000000000']) yield [`H5 chunk of ${size}`, chunked(`${size}\r\n`), [400, 413]];
  yield ['H5 chunks without an end', chunked(`4000\r\n${' '.repeat(0x4000)}\r\n`.repeat(80)), [413]];
  yield ['H5 chunk extensions without an end', chunked(`1;${'e'.repeat(9000)}`), [400]];
  yield ['H5 many small chunk extensions', chunked('1;abcdefghijklmnop\r\n \r\n'.repeat(400)), [400]];
  yield ['H5 trailers without an end', chunked(`1\r\n \r\n0\r\n${'T: x\r\n'.repeat(2000)}`), [400, 431]];
  yield ['H5 another expectation', post('Content-Length: 2\r\nExpect: 200-ok\r\n', '{}'), [417]];
}

function* framing() {
  const both = [['Content-Length: 4', 'Transfer-Encoding: chunked'], ['Transfer-Encoding: chunked', 'Content-Length: 4'], ['Content-Length: 0', 'Transfer-Encoding: chunked'],
    ['content-length: 4', 'transfer-encoding: chunked'], ['Transfer-Encoding: chunked', 'Content-Length: 100000000']];
  for (const lines of both) yield [`H6 ${lines.join(', ')}`, post(`${lines.join('\r\n')}\r\n`, `0\r\n\r\n${hidden}`), [400]];
  for (const coding of ['identity', 'gzip', 'chunked, gzip', 'gzip, chunked', 'chunked, chunked', 'chunked, identity', 'xchunked', 'chunkedx', 'chunked;q=1', '"chunked"', 'chunked\x0b',
    '\x0bchunked', 'chunk ed', 'chunked,', ',chunked', '', 'chu\u00adnked', 'cow', 'chunked\x00', 'x chunked', 'chunked\x0cx'])
    yield [`H6 Transfer-Encoding: ${JSON.stringify(coding)}`, post(`Transfer-Encoding: ${coding}\r\n`, `0\r\n\r\n${hidden}`), [400]];
  for (const [name, lines] of Object.entries({
    'two codings': 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', 'chunked, then identity': 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n',
    'two lengths alike': `Content-Length: 2\r\nContent-Length: 2\r\n`, 'two lengths': 'Content-Length: 0\r\nContent-Length: 2\r\n', 'a hidden coding': 'X: y\rTransfer-Encoding: chunked\r\n',
    'a folded coding': 'Transfer-Encoding:\r\n chunked\r\n', 'a coding with a space': 'Transfer-Encoding : chunked\r\n', 'a length with a space': 'Content-Length : 2\r\n', 'a coding behind a LF': 'X: y\nTransfer-Encoding: chunked\r\n',
  })) yield [`H6 ${name}`, post(lines, `0\r\n\r\n${hidden}`), [400]];
  yield ['H6 HTTP/1.0 with a coding', `POST /commands/CreateLocation HTTP/1.0\r\n${json}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`, [400]];
  for (const length of ['+5', '5,6', '5, 5', '-1', '-0', '0x5', '5a', 'a5', '1e1', '5.0', '5 5', '', ' ', '"5"', '5;', '\u0665', '5\x00', '\x0b5', '5\x0b', '0b1', '5,', ',5', '1_0', '\xb25', 'NaN', '٥'])
    yield [`H7 Content-Length: ${JSON.stringify(length)}`, post(`Content-Length: ${length}\r\n`, hidden), [400]];
  for (const size of ['0x5', '-1', '+5', ' 5', '5 ', 'g', '', '5g', '5,5', '10000000000000000', '00000000000000000005', '5\x00', '\t5', '5\t', '5\x0b', '"5"', '5 ;x', '0 ', '-0', '٥', '0x0', '0,'])
    yield [`H7 chunk size ${JSON.stringify(size)}`, chunked(`${size}\r\n{"a":\r\n0\r\n\r\n${hidden}`), [400]];
  for (const [name, text] of Object.entries({
    'LF after the size': `5\n{"a":\r\n0\r\n\r\n`, 'LF after the data': `5\r\n{"a":\n0\r\n\r\n`, 'CR alone after the size': `5\r{"a":\r\n0\r\n\r\n`, 'more data than the size': `2\r\n{"a":\r\n0\r\n\r\n`,
    'less data than the size': `7\r\n{"a":\r\n0\r\n\r\n`, 'LF at the end': '0\n\n', 'an extension with LF': `5;a\n{"a":\r\n0\r\n\r\n`, 'an extension with NUL': `5;a\x00\r\n{"a":\r\n0\r\n\r\n`,
    'an extension with CR': `5;a\rb\r\n{"a":\r\n0\r\n\r\n`, 'a folded trailer': '0\r\nT: x\r\n y\r\n\r\n', 'a trailer with LF': '0\r\nT: x\n\r\n', 'a trailer without a name': '0\r\n: x\r\n\r\n', 'a trailer without a colon': '0\r\nT\r\n\r\n',
    'the end twice': `5\r\n{"a":\r\n\r\n0\r\n\r\n`,
  })) yield [`H7 ${name}`, chunked(`${text}${hidden}`), [400]];
}

function* syntax() {
  for (const c of bytes(0, 0x20).concat(0x7f)) {
    if (c !== 0x09) yield [`H8 ${visible(c)} in a value`, get(`X-A: a${String.fromCharCode(c)}b\r\n`), [400]];
    yield [`H8 ${visible(c)} in a target`, get('', `/a${String.fromCharCode(c)}b`), [400]];
  }
  for (const c of bytes(0, 0x80)) if (!isToken(c) && c !== 0x3a) yield [`H8 ${visible(c)} in a name`, get(`X${String.fromCharCode(c)}A: b\r\n`), [400]];
  for (const [name, lines] of Object.entries({
    'space before the colon': 'X-A : b\r\n', 'tab before the colon': 'X-A\t: b\r\n', 'no colon': 'X-A\r\n', 'no name': ': b\r\n', 'a fold': 'X-A: a\r\n b\r\n', 'a fold by tab': 'X-A: a\r\n\tb\r\n',
    'LF alone': 'X-A: b\n', 'CR alone': 'X-A: b\r', 'CR CR LF': 'X-A: b\r\r\n', 'a name of another script': 'X-\u00c4: b\r\n', 'a space first': ' X-A: b\r\n',
  })) yield [`H8 ${name}`, get(lines), [400]];
  yield ['H8 a fold after the request line', `GET /healthz HTTP/1.1\r\n X: y\r\nHost: localhost\r\n\r\n`, [400]];
  yield ['H8 LF only', 'GET /healthz HTTP/1.1\nHost: localhost\n\n', [400]];
  yield ['H8 two empty lines first', `\r\n\r\n${get()}`, [400]];
  for (const line of ['GET', 'GET ', 'GET  /healthz HTTP/1.1', 'GET /healthz  HTTP/1.1', ' GET /healthz HTTP/1.1', 'GET\t/healthz\tHTTP/1.1', 'GET /healthz HTTP/1.1 ', 'GET /healthz HTTP/1.1 x',
    'G@T /healthz HTTP/1.1', 'GET( /healthz HTTP/1.1', '/healthz', '\x16\x03\x01\x02\x00\x01\x00', 'PRI * HTTP/2.0x', '{"json": true}'])
    yield [`H8 ${JSON.stringify(line)}`, `${line}\r\nHost: localhost\r\n\r\n`, [400]];
}

function* hosts() {
  yield ['H9 no Host', 'GET /healthz HTTP/1.1\r\n\r\n', [400]];
  yield ['H9 two Hosts', get('Host: localhost\r\n'), [400]];
  yield ['H9 two Hosts, differing', get('Host: evil.example\r\n'), [400]];
  for (const host of ['', ' ', 'a@localhost', 'user:pass@localhost', 'localhost/x', 'localhost?x', 'localhost#x', 'local host', 'localhost,evil', 'localhost:port', 'localhost:', 'localhost:-1', 'localhost:999999', '[::1',
    '::1', '[]', '[::1]x', 'localhost\\x', '<script>', 'local\x00host', '%6cocalhost', 'löcalhost', ':80', 'localhost;x', "localhost'", '"localhost"'])
    yield [`H9 Host: ${JSON.stringify(host)}`, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`, host === 'localhost:' ? [200, 400] : [400], host === 'localhost:' ? 'stays' : undefined];
  for (const version of ['HTTP/2.0', 'HTTP/1.2', 'HTTP/0.9', 'HTTP/3.0', 'HTTP/9.9']) yield [`H9 ${version}`, get('', '/healthz', version), [505]];
  for (const version of ['http/1.1', 'HTTP/1', 'HTTP/11', 'HTTP/1.10', 'HTTP/01.1', 'HTTP /1.1', 'HTTP', 'HTCPCP/1.0', 'HTTP/1,1', 'HTTP/a.b', 'HTTP/-1.1']) yield [`H9 ${version}`, get('', '/healthz', version), [400]];
  yield ['H9 HTTP/0.9', 'GET /healthz\r\n', [400]];
  for (const target of ['http://localhost/healthz', 'http://evil.example/healthz', 'https://localhost/', 'localhost/healthz', 'localhost:80', 'healthz', '*', '?x', '#x', 'javascript:x', '\\healthz', 'file:///etc/passwd'])
    yield [`H9 target ${target}`, get('', target), [400]];
  yield ['H9 CONNECT', 'CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n', [400]];
}

function* documents() {
  const body = (text, more = '') => {
    const data = Buffer.isBuffer(text) ? text : Buffer.from(text);
    return Buffer.concat([Buffer.from(post(`Content-Length: ${data.length}\r\n${more}`), 'latin1'), data]);
  };
  const name = (inner) => Buffer.concat([Buffer.from('{"name":"'), Buffer.from(inner, 'latin1'), Buffer.from('","category":"Town","description":"x"}')]);
  for (const depth of [65, 1000, 100_000]) {
    yield [`H13 ${depth} lists`, body('['.repeat(depth)), [400], 'stays'];
    yield [`H13 ${depth} lists, closed`, body('['.repeat(depth) + ']'.repeat(depth)), [400], 'stays'];
    yield [`H13 ${depth} objects`, body('{"a":'.repeat(Math.min(depth, 60_000))), [400], 'stays'];
  }
  for (const text of ['{"name":"a","name":"b"}', '{"a":{"b":1,"b":1}}', '{"\\u0061":1,"a":2}', '[{"a":1,"a":1}]', '{"":1,"":2}']) yield [`H14 ${text}`, body(text), [400], 'stays'];
  for (const inner of ['\xff', '\xc0\x80', '\xc1\xbf', '\xe0\x80\x80', '\xed\xa0\x80', '\xed\xbf\xbf', '\xf0\x80\x80\x80', '\xf4\x90\x80\x80', '\xf5\x80\x80\x80', '\xf8\x88\x80\x80\x80', '\x80', '\xbf', '\xc3', '\xe2\x82', '\xf0\x9f\x98',
    '\\ud800', '\\udc00', '\\ud800\\ud800', '\\ud800x', '\\udc00\\ud800', '\\u0000', '\x00', '\x1f', '\n', '\t', '\\x41', '\\u12', '\\u12g4', '\\', '\xfe\xff'])
    yield [`H15 ${JSON.stringify(inner)}`, body(name(inner)), [400], 'stays'];
  for (const escaped of ['%ff', '%c0%80', '%ed%a0%80', '%f4%90%80%80', '%80', '%c3', '%00'])
    yield [`H15 parameter ${escaped}`, get('', `/queries/GetLocation?id=n${escaped}1`), [400], 'stays'];
  yield ['H15 a byte order mark', body('\ufeff{}'), [400], 'stays'];
  yield ['H15 UTF-16', body(Buffer.from('{"a":1}', 'utf16le')), [400], 'stays'];
  for (const number of ['1e400', '-1e400', '1e99999999', '01', '+1', '.5', '5.', '0x10', 'NaN', 'Infinity', '-Infinity', '1e', '--1', '1_000', '1'.repeat(5000), '0e', '-', '1.e1', '00'])
    yield [`H16 ${number.slice(0, 20)}`, body(`{"name":"x","category":"Town","n":${number}}`), [400, 422], 'stays'];
  for (const number of ['18446744073709551616', '9223372036854775808', '-9223372036854775809', '0.1', '1e308', '123456789012345678901234567890'])
    yield [`H16 ${number}`, body(`{"name":1,"n":${number}}`), [400, 422], 'stays'];
  yield ['H17 80,000 keys', body(`{${Array.from({ length: 80_000 }, (_, i) => `"k${i}":1`).join(',')}}`), [400], 'stays'];
  yield ['H17 a key of 100,000 bytes', body(`{"${'k'.repeat(100_000)}":1}`), [400], 'stays'];
  for (const coding of ['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip', 'x-gzip']) yield [`H17 Content-Encoding: ${coding}`, body('{}', `Content-Encoding: ${coding}\r\n`), [415]];
  for (const text of ['', ' ', '{', '}', '{}x', '{}{}', 'null x', "{'a':1}", '{"a":1,}', '[1,]', '{a:1}', '// x\n{}', '/* x */{}', '{"a" 1}', 'True', 'undefined', '"', '[', '{"a":}', '\x00'])
    yield [`H15 ${JSON.stringify(text)}`, body(text), [400], 'stays'];
}

function* paths() {
  for (const target of ['/../locations', '/./locations', '/locations/..', '/locations/../model', '/%2e%2e/locations', '/%2E%2E/model', '/.%2e/model', '/%2e./model', '/%2e/model', '/locations/%2e%2e%2fmodel', '/locations%2f1', '/locations%2F..%2Fmodel',
    '/locations%5c1', '/locations\\1', '/%00', '/locations/%00', '/%', '/%1', '/%zz', '/%u002e', '/%0d%0aX-A:%20b', '/%0a', '/locations/%0d', '/a b', '/"', '/<x>', '/{x}', '/|', '/^', '/`', '/%7f', '/%c0%ae%c0%ae/\xe9', '/\xff', '/locations/\u00e9'])
    yield [`H23 ${JSON.stringify(target)}`, Buffer.from(get('', target), 'latin1'), [400, 404], 'any'];
  for (const target of ['//healthz', '/healthz/', '/healthz;x', '/healthz;jsessionid=1', '/HEALTHZ', '/healthz%20', '/healthz.', '/healthz%3bx', '/healthz%3fx', '/%252e%252e/healthz', '/healthz//', '/assets//tidings.js', '/assets/%2525', '/;/healthz'])
    yield [`H23 ${target}`, get('', target), [400, 404], 'any'];
  for (const id of ['*', '>', 'a.b', 'a%20b', 'a%2eb', '%2a', '%3e', 'a%0d%0ab', 'x'.repeat(65), '%ff', '$SRV', 'a%09b']) {
    yield [`H18 command id ${id.slice(0, 20)}`, get('', `/commands/${id}`), [400, 404], 'any'];
    yield [`H18 command type ${id.slice(0, 20)}`, `POST /commands/${id} HTTP/1.1\r\nHost: localhost\r\n${json}Content-Length: 2\r\n\r\n{}`, [400, 404], 'any'];
    yield [`H19 key ${id.slice(0, 20)}`, get('', `/locations/${id}`), [400, 404, 422], 'any'];
    yield [`H20 session ${id.slice(0, 20)}`, get(`Tidings-Session: ${id}\r\n`, '/events'), [400], 'any'];
  }
  for (const method of ['TRACE', 'TRACK', 'PROPFIND', 'DEBUG', 'get', 'FOO', 'POSTX', 'A'.repeat(200), 'PUT', 'DELETE', 'PATCH'])
    yield [`H24 ${method.slice(0, 20)}`, `${method} /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n`, [405], 'any'];
  for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', '_method']) yield [`H24 ${name}`, get(`${name}: DELETE\r\n`), [200], 'any'];
}

export const vectors = [...sizes(), ...framing(), ...syntax(), ...hosts(), ...documents(), ...paths()];
