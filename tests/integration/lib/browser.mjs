// SPDX-License-Identifier: MIT
// Debian's Chromium, and the page of the gateway in it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { repository } from './tidings.mjs';
import { within } from './wait.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const screenshots = path.join(repository, 'build/screenshots');

export class Browser {
  static async start({ args = [] } = {}) {
    const browser = new Browser();
    // CI is root in a container, where Chromium's own sandbox cannot be.
    browser.chromium = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', ...args] });
    return browser;
  }

  /** Another person: cookies, storage and tabs of their own. */
  async person(options = {}) {
    const person = new Person();
    person.context = await this.chromium.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
    person.context.setDefaultTimeout(within(10_000));
    return person;
  }

  close() {
    return this.chromium.close();
  }
}

export class Person {
  /** What the console of any tab complained about. */
  complaints = [];

  async tab(url) {
    const tab = new Tab(await this.context.newPage());
    tab.page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()));
    tab.page.on('pageerror', (error) => this.complaints.push(error.stack));
    await tab.page.goto(url);
    await tab.page.locator('#connection[data-state="open"]').waitFor();
    return tab;
  }
}

/** The page, by what a person does there. */
export class Tab {
  constructor(page) {
    this.page = page;
  }

  async choose(type) {
    await this.page.getByLabel('What to do').selectOption(type);
  }

  /** @param how "on the server", "by event" or "not at all". */
  async waiting(how, { deadline = 5, delay = 0 } = {}) {
    await this.page.getByRole('radio', { name: how }).check({ force: true });
    if (how !== 'not at all') await this.page.getByLabel('Deadline').fill(String(deadline));
    await this.page.getByLabel('Slow the reactor').fill(String(delay));
  }

  async create(name, { category = 'City', id } = {}) {
    await this.page.getByLabel('Name', { exact: true }).fill(name);
    await this.page.getByLabel('Category').selectOption({ label: category });
    if (id) {
      const field = this.page.getByLabel('Id');
      if (!(await field.isVisible())) await this.page.getByText('Choose the id yourself').click();
      await field.fill(id);
    }
    await this.send();
  }

  send() {
    return this.page.getByRole('button', { name: 'Send', exact: true }).click();
  }

  journey(name) {
    return this.page.locator('.journey', { hasText: name }).first();
  }

  /** Waits for the state of a command's journey. */
  async reached(name, state) {
    await this.page.locator(`.journey[data-state="${state}"]`, { hasText: name }).first().waitFor();
  }

  /** The names of the moments on a journey's track. */
  steps(name) {
    return this.journey(name).locator('.steps li > span').allTextContents();
  }

  toast(text) {
    return this.page.locator('.toast', { hasText: text });
  }

  listed(name) {
    return this.page.locator('#list li', { hasText: name });
  }

  /** Axe finds nothing to complain about. */
  async accessible(what) {
    await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).slice(0, 3).join('\n  ')}`);
    assert.equal(told.join('\n'), '', what);
  }

  /** A picture for people, kept in build/screenshots. */
  async picture(name, options = {}) {
    fs.mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: path.join(screenshots, `${name}.png`), ...options });
  }
}
