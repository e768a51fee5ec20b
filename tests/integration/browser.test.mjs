// SPDX-License-Identifier: MIT
// The page in a real browser, as a person uses it.
import assert from 'node:assert/strict';
import { Browser } from './lib/browser.mjs';
import { example } from './lib/tidings.mjs';
import { eventually } from './lib/wait.mjs';
import { test } from './lib/world.mjs';

const models = [example('locations'), example('users')];

test('a person sends commands and learns what became of them', async (world) => {
  const { origin } = await world.tidings({ models, args: ['--demo'] });
  const browser = world.adopt(await Browser.start());
  const person = await browser.person();
  const tab = await person.tab(origin);
  const { page } = tab;

  await world.claim('the page asks for all its modules at once', async () => {
    const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname));
    const named = await page.locator('[rel="modulepreload"]').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    const modules = loaded.filter((name) => name.endsWith('.js') && !['/assets/app.js', '/assets/theme.js'].includes(name));
    assert.deepEqual([...new Set(modules)].sort(), named.sort());
  });

  await world.claim('an empty page says what to expect', async () => {
    assert.match(await page.locator('#journeys-empty').textContent(), /leaves its track here/);
    await page.locator('#list-empty', { hasText: 'No location yet' }).waitFor();
    await tab.accessible('the empty page');
  });

  await world.claim('waiting on the server: the outcome is in the response', async () => {
    await tab.waiting('on the server');
    await tab.create('Ghent');
    await tab.toast('Ghent: done.').waitFor();
    await tab.listed('Ghent').waitFor();
    await eventually('all moments are on the track', async () => {
      const steps = await tab.steps('Ghent');
      const told = ['stored', 'handled', 'projected', 'done', 'told'];
      assert.deepEqual(steps.filter((step) => step !== 'listed'), told, 'in this order');
      return steps.includes('listed');
    });
    await page.locator('#log li', { hasText: 'POST /commands/CreateLocation' }).filter({ hasText: /200 · / }).waitFor();
  });

  await world.claim('waiting by event: 202, then the event', async () => {
    await tab.waiting('by event');
    await tab.create('Lisbon');
    await tab.toast('Lisbon: done.').waitFor();
    assert.equal(await tab.toast('Lisbon will be available shortly').count(), 0);
    await page.locator('#log li', { hasText: /202 · / }).first().waitFor();
    await eventually('all stages are on the track', async () => {
      const steps = (await tab.steps('Lisbon')).filter((step) => step !== 'listed');
      return steps.length === 4 && steps[0] === 'stored' && steps.indexOf('handled') < steps.indexOf('projected');
    });
  });

  await world.claim('not waiting: available shortly, and told when it is', async () => {
    await tab.waiting('not at all', { delay: 1 });
    await tab.create('Uppsala');
    await tab.toast('Uppsala will be available shortly.').waitFor();
    await tab.reached('Uppsala', 'pending');
    await tab.toast('Uppsala: done.').waitFor();
    assert.equal(await tab.toast('Uppsala will be available shortly.').count(), 0);
  });

  for (const how of ['on the server', 'by event']) {
    await world.claim(`a slow reactor, waiting ${how}: pending at the deadline, completed later`, async () => {
      await tab.waiting(how, { deadline: 1, delay: 2 });
      await tab.create(`Slow ${how}`);
      await tab.toast(`Slow ${how} will be available shortly.`).waitFor();
      await tab.reached(`Slow ${how}`, 'pending');
      await tab.reached(`Slow ${how}`, 'completed');
      await tab.toast(`Slow ${how}: done.`).waitFor();
    });
  }

  await world.claim('the redirect action shows what was created, and back closes it', async () => {
    await tab.journey('Ghent').getByRole('link', { name: 'Open Ghent' }).click();
    const dialog = page.getByRole('dialog', { name: 'Ghent' });
    await dialog.getByText('City').waitFor();
    assert.match(page.url(), /#\/locations\//);
    await tab.accessible('the dialog');
    await page.goBack();
    await dialog.waitFor({ state: 'hidden' });
  });

  await world.claim('a document is changed from its dialog, and the list follows', async () => {
    await tab.waiting('on the server');
    await tab.listed('Ghent').getByRole('link').click();
    await page.getByRole('button', { name: 'Rename location' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Gent');
    await tab.send();
    await tab.listed('Gent').waitFor();
    assert.equal(await tab.listed('Ghent').count(), 0);
  });

  await world.claim('a rejection is told with its reason', async () => {
    await tab.choose('CreateLocation');
    await tab.create('Twin', { id: 'twin' });
    await tab.reached('Twin', 'completed');
    await tab.create('Impostor', { id: 'twin' });
    await tab.reached('Impostor', 'failed');
    await page.locator('.toast.bad', { hasText: 'twin' }).getByRole('button').click();
  });

  await world.claim('what is missing is said at its field, which gets the focus', async () => {
    await page.getByLabel('Name', { exact: true }).fill('');
    await tab.send();
    const name = page.getByLabel('Name', { exact: true });
    assert.equal(await name.getAttribute('aria-invalid'), 'true');
    assert.equal(await name.evaluate((element) => element === document.activeElement), true);
    await tab.accessible('a form with complaints');
  });

  await world.claim('what only the server can refuse comes back to the form', async () => {
    await tab.choose('UpdateLocation');
    await page.getByLabel('Id').fill('twin');
    await tab.send();
    await eventually('the refusal is shown', async () => /\S/.test(await page.locator('#problem').textContent()));
    await tab.reached('twin', 'refused');
    assert.equal(await page.getByLabel('Id').inputValue(), 'twin');
  });

  await world.claim('any model works: users by their schema', async () => {
    await tab.choose('CreateUser');
    assert.equal(await page.locator('#list-title').textContent(), 'Users');
    assert.equal(await page.getByLabel('Email').getAttribute('type'), 'email');
    await page.getByLabel('Name', { exact: true }).fill('Ada');
    await page.getByLabel('Email').fill('ada@example.com');
    await tab.send();
    await tab.listed('ada@example.com').waitFor();
    await tab.choose('CreateLocation');
  });

  await world.claim('the whole of it works from the keyboard', async () => {
    await page.locator('#type').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.type('Tartu');
    await page.keyboard.press('Tab');
    await page.keyboard.type('City');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await tab.reached('Tartu', 'completed');
  });

  await world.claim('many at once: figures and charts', async () => {
    await tab.waiting('by event');
    await page.getByLabel('How many').fill('300');
    await page.getByRole('button', { name: 'Send 300' }).click();
    await page.getByRole('button', { name: 'Remove them again' }).waitFor();
    assert.match(await page.locator('#load-summary').textContent(), /^300 × CreateLocation in [\d.]+ s, 0 failed$/);
    assert.ok(Number((await page.locator('#figure-rate').textContent()).replace(',', '')) > 0);
    assert.match(await page.locator('#figure-p99').textContent(), /\d (ms|s)$/);
    assert.equal((await page.locator('#chart-latency .dots').first().getAttribute('d')).match(/M/g).length, 300);
    await tab.picture('load', { fullPage: true });
    await page.getByRole('button', { name: 'Remove them again' }).click();
    await page.locator('#load-summary', { hasText: '300 × RemoveLocation' }).waitFor();
    await page.locator('#load-start:enabled').waitFor();
  });

  await world.claim('light, dark and phone pass axe and are kept as pictures', async () => {
    await page.evaluate(() => scrollTo(0, 0));
    await tab.accessible('light');
    await tab.picture('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await tab.accessible('dark, as the system');
    await tab.picture('dark');
    await page.emulateMedia({ colorScheme: 'light' });
    const theme = page.getByRole('button', { name: /^Colours/ });
    await theme.click();
    await theme.click();
    assert.equal(await theme.getAttribute('aria-label'), 'Colours: dark');
    await page.reload();
    await page.locator('#connection[data-state="open"]').waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark', 'the choice is kept');
    await tab.accessible('dark, as chosen');
    await page.getByRole('button', { name: /^Colours/ }).click();
    await page.setViewportSize({ width: 390, height: 844 });
    await tab.accessible('phone');
    await tab.picture('phone', { fullPage: true });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${overflow} pixels too wide`);
  });

  // The browser itself reports each response from 400 on; those were asked for.
  const unexpected = person.complaints.filter((text) => !/status of (409|422)/.test(text));
  assert.deepEqual(unexpected, []);
});

test('a model of one\'s own gets its forms from its schemas', async (world) => {
  const model = {
    service: 'boats', bucket: 'boats', key: 'sail', noun: 'Boat',
    commands: {
      Launch: {
        effect: 'create',
        schema: {
          type: 'object',
          properties: {
            sail: { type: 'string', pattern: '^[A-Z]{3}-[0-9]+$', title: 'Sail number' },
            length: { type: 'number', minimum: 2, maximum: 80 },
            crew: { type: 'integer', default: 2 },
            rig: { enum: ['sloop', 'ketch', null] },
            racing: { type: 'boolean' },
            tags: { type: 'array', items: { type: 'string' } },
          },
          required: ['sail', 'length', 'tags'],
        },
      },
      Sink: { effect: 'delete' },
    },
    queries: { GetBoat: { effect: 'get' }, Fleet: { effect: 'list' } },
  };
  const { origin, client } = await world.tidings({ models: [world.file('boats.json', JSON.stringify(model))] });
  const browser = world.adopt(await Browser.start());
  const tab = await (await browser.person()).tab(origin);
  const { page } = tab;

  await world.claim('the dial that slows the reactor is only there in a demo', async () => {
    assert.equal(await page.getByLabel('Slow the reactor').isVisible(), false);
  });

  await world.claim('each kind of value has its control, and what does not fit is said', async () => {
    await page.getByLabel('Sail number').fill('ned-1');
    await page.getByLabel('Length').fill('1');
    await tab.send();
    assert.match(await page.locator('#field-sail-error').textContent(), /Does not fit/);
    assert.equal(await page.locator('#field-length-error').textContent(), 'Not below 2.');
    await page.getByLabel('Sail number').fill('NED-1');
    await page.getByLabel('Length').fill('9.5');
    await page.getByLabel('Rig').selectOption('ketch');
    await page.getByLabel('Racing').check();
    await page.getByLabel('Tags').fill('["blue"]');
    await tab.accessible('a form of all kinds');
    await tab.send();
    await tab.listed('NED-1').waitFor();
    const { payload } = (await client.query('GetBoat', { sail: 'NED-1' })).json;
    const { created_at: at, ...boat } = payload;
    assert.deepEqual(boat, { sail: 'NED-1', length: 9.5, crew: 2, rig: 'ketch', racing: true, tags: ['blue'] });
    assert.match(at, /^2/);
  });

  await world.claim('without a route the dialog uses the query; without a schema the form takes JSON', async () => {
    await tab.listed('NED-1').getByRole('link').click();
    await page.getByRole('dialog').getByText('ketch').waitFor();
    await page.getByRole('button', { name: 'Sink' }).click();
    assert.equal(await page.locator('#field-payload').inputValue(), '{"sail":"NED-1"}');
    await tab.send();
    await page.locator('#list-empty', { hasText: 'No boat yet' }).waitFor();
  });
});
