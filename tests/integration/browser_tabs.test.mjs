// SPDX-License-Identifier: MIT
// The page in two tabs, and in one whose server goes and comes back.
import assert from 'node:assert/strict';
import { Browser } from './lib/browser.mjs';
import { town } from './lib/contract.mjs';
import { freePort } from './lib/ports.mjs';
import { example } from './lib/tidings.mjs';
import { within } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const models = [example('locations'), example('users')];

test('two tabs share connections and see each other', async (world) => {
  const { origin } = await world.tidings({ models, args: ['--demo'] });
  const browser = world.adopt(await Browser.start());
  const person = await browser.person();
  const streams = [];
  person.context.on('request', (request) => {
    if (request.headers().accept === 'text/event-stream') streams.push(new URL(request.url()).pathname);
  });
  const first = await person.tab(origin);
  const second = await person.tab(origin);

  await world.claim('what one creates, both list, over one stream each of outcomes and of the list', async () => {
    await second.create('Girona');
    for (const tab of [first, second]) await tab.listed('Girona').waitFor();
    await first.page.locator('#log li', { hasText: 'completed CreateLocation' }).waitFor();
    assert.deepEqual([...streams].sort(), ['/events', '/queries/ListLocations']);
  });

  await world.claim('when the tab that reads is closed, the other goes on and misses nothing', async () => {
    await second.waiting('not at all', { delay: 1 });
    await second.create('Kotor');
    await second.reached('Kotor', 'pending');
    await first.page.close();
    await second.reached('Kotor', 'completed');
    await second.listed('Kotor').waitFor();
    assert.equal(streams.length, 4);
  });

  await world.claim('another person sees the list change but not the outcomes', async () => {
    const other = await (await browser.person()).tab(origin);
    await second.waiting('on the server');
    await second.create('Nara');
    await second.reached('Nara', 'completed');
    await other.listed('Nara').waitFor();
    assert.equal(await other.page.locator('#log li').count(), 0);
  });
});

test('the server goes and comes back', async (world) => {
  const listen = `127.0.0.1:${await freePort()}`;
  const args = ['serve', '--listen', listen, '--store', world.directory(), '--demo', ...models.flatMap((file) => ['--model', file])];
  const start = async () => {
    const tidings = world.launch(args);
    await tidings.listening();
    await tidings.client.waitReady();
    return tidings;
  };
  let tidings = await start();
  const browser = world.adopt(await Browser.start());
  const tab = await (await browser.person()).tab(tidings.origin);
  await tab.create('Before');
  await tab.reached('Before', 'completed');

  await world.claim('the page says that it is gone, and keeps what is sent', async () => {
    await tab.waiting('not at all', { delay: 3 });
    await tab.create('On its way');
    await tab.reached('On its way', 'pending');
    await tidings.stop();
    await tab.page.locator('#banner[data-kind="gone"]').waitFor();
    assert.match(await tab.page.locator('#connection').textContent(), /No server/);
    await tab.waiting('on the server');
    await tab.create('Meanwhile');
    await tab.reached('Meanwhile', 'kept');
    await tab.accessible('without a server');
    await tab.picture('gone');
  });

  await world.claim('when it is back, everything is caught up', async () => {
    tidings = await start();
    await tab.page.locator('#banner[data-kind="back"]').waitFor({ timeout: within(20_000) });
    await tab.reached('Meanwhile', 'completed');
    await tab.reached('On its way', 'completed');
    for (const name of ['Before', 'On its way', 'Meanwhile']) await tab.listed(name).waitFor();
    await tidings.client.command('CreateLocation', town('Afterwards'), { wait: 5 });
    await tab.listed('Afterwards').waitFor();
  });
});
