// SPDX-License-Identifier: MIT
// What pages of others can do to somebody whose browser reaches Tidings: nothing.
import assert from 'node:assert/strict';
import http from 'node:http';
import { Browser } from './lib/browser.mjs';
import { checkCompleted, town } from './lib/contract.mjs';
import { streamed } from './lib/streams.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

/** Somebody else's server, which serves one empty page. @returns its port. */
async function stranger(world) {
  const server = http.createServer((request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title>'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.adopt({ close: () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))) });
  return server.address().port;
}

/** Runs in the page: a form whose fields make JSON, if the body were taken for it. */
function submitForm([action, enctype]) {
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', action, enctype });
  const field = document.createElement('input');
  field.name = '{"name":"FORGED","category":"Town","description":"';
  field.value = '"}';
  form.append(field);
  document.body.append(form);
  form.submit();
}

/** Runs in the page: what a script may try. @returns what came of each. */
async function tryAll([origin, body]) {
  const come = async (what) => {
    try {
      const answer = await what();
      return answer?.type === 'opaque' ? 'opaque' : answer;
    } catch (error) {
      return error.name;
    }
  };
  const command = `${origin}/commands/CreateLocation`;
  const post = (options) => () => fetch(command, { method: 'POST', body, credentials: 'include', ...options });
  const json = { headers: { 'content-type': 'application/json' } };
  return {
    'JSON': await come(post(json)),
    'JSON without asking': await come(post({ ...json, mode: 'no-cors' })),
    'text': await come(post({ mode: 'no-cors', headers: { 'content-type': 'text/plain' } })),
    'a type of two': await come(post({ mode: 'no-cors', headers: { 'content-type': 'text/plain; application/json' } })),
    'no type at all': await come(post({ mode: 'no-cors', body: new Blob([body]) })),
    'PUT': await come(() => fetch(`${origin}/locations/victim`, { method: 'PUT', body, credentials: 'include', ...json })),
    'DELETE': await come(() => fetch(`${origin}/locations/victim`, { method: 'DELETE', credentials: 'include' })),
    'a method that is overridden': await come(() => fetch(`${origin}/locations/victim`, { method: 'POST', credentials: 'include', headers: { 'x-http-method-override': 'DELETE' } })),
    'a beacon of JSON': await come(() => (navigator.sendBeacon(command, new Blob([body], { type: 'application/json' })), 'sent')),
    'a beacon': await come(() => (navigator.sendBeacon(command, body), 'sent')),
    'reading': await come(() => fetch(`${origin}/locations`, { credentials: 'include' }).then((x) => x.text())),
    'reading events': await come(() => new Promise((resolve) => {
      const source = new EventSource(`${origin}/events`, { withCredentials: true });
      source.onopen = () => resolve('open');
      source.onerror = () => (source.close(), resolve('error'));
    })),
    'a script': await come(() => new Promise((resolve) => {
      const script = document.createElement('script');
      script.onload = () => resolve('loaded');
      script.onerror = () => resolve('error');
      script.src = `${origin}/locations`;
      document.head.append(script);
    })),
  };
}

test('pages of others', async (world) => {
  const nats = await world.natsServer();
  const { client, origin } = await world.tidings({ nats: nats.url });
  const spy = await world.spy(nats.url);
  const port = await stranger(world);
  const tidingsPort = new URL(origin).port;
  const browser = world.adopt(await Browser.start({ args: ['--host-resolver-rules=MAP evil.example 127.0.0.1, MAP *.evil.example 127.0.0.1'] }));
  const person = await browser.person();
  const own = await person.tab(origin); // has a session from now on
  checkCompleted(await client.command('CreateLocation', town('Victim', { id: 'victim' }), { wait: 5 }));
  const before = await streamed(spy);
  /** Does something in a tab of its own. */
  const visit = async (url, act) => {
    const page = await person.context.newPage();
    const answer = await page.goto(url);
    await act(page, answer);
    await page.close();
  };
  const statuses = [];
  person.context.on('response', (response) => response.url().startsWith(origin) && response.request().method() !== 'GET' && statuses.push(response.status()));
  // Another site; and one that is the same site as browsers count it, since ports make none.
  const sites = { 'another site': `http://evil.example:${port}/`, 'another port of the same site': `http://127.0.0.1:${port}/` };

  for (const [site, url] of Object.entries(sites)) {
    await world.claim(`${site}: a form sends no command`, async () => {
      for (const enctype of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
        await visit(url, async (page) => {
          const [answer] = await Promise.all([
            page.waitForResponse((response) => response.url().startsWith(origin)), page.evaluate(submitForm, [`${origin}/commands/CreateLocation`, enctype]),
          ]);
          assert.ok([403, 415].includes(answer.status()), `${enctype}: ${answer.status()}`);
          await page.waitForLoadState();
        });
    });
    await world.claim(`${site}: a script sends none, and reads nothing`, () => visit(url, async (page) => {
      const got = await page.evaluate(tryAll, [origin, JSON.stringify(town('FORGED'))]);
      for (const [what, come] of Object.entries(got)) assert.ok(['TypeError', 'opaque', 'error', 'sent'].includes(come), `${what}: ${JSON.stringify(come)}`);
      assert.ok(statuses.length > 0 && statuses.every((status) => status >= 400), `${statuses}`);
    }));
    await world.claim(`${site}: shows no page of ours in its own`, () => visit(url, async (page) => {
      const told = [];
      page.on('console', (message) => told.push(message.text()));
      await page.evaluate((src) => document.body.append(Object.assign(document.createElement('iframe'), { src })), origin);
      await eventually('the browser refuses', () => told.some((line) => line.includes(origin) && line.includes("frame-ancestors 'none'")));
    }));
  }
  await world.claim('a name of theirs that leads to our address gets nothing (DNS rebinding)', () =>
    visit(`http://evil.example:${tidingsPort}/`, async (page, answer) => {
      assert.equal(answer.status(), 421);
      const got = await page.evaluate(async (body) => {
        const post = await fetch('/commands/CreateLocation', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
        return [post.status, (await fetch('/locations')).status, (await fetch('/session', { method: 'POST' })).status];
      }, JSON.stringify(town('FORGED')));
      assert.deepEqual(got, [421, 421, 421]);
    }));
  await world.claim('nothing came into the stream, and the page itself works', async () => {
    assert.equal(await streamed(spy), before);
    await own.create('Honest');
    await own.reached('Honest', 'completed');
    assert.equal(await streamed(spy), before + 1);
  });
});
