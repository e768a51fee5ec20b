// SPDX-License-Identifier: MIT
// A command's way from POST to its outcome and to the queries, on both example models.
import assert from 'node:assert/strict';
import { checkCompleted, checkPending, checkProblem, checkQuery, checkRejected, town } from './lib/contract.mjs';
import { example } from './lib/tidings.mjs';
import { test } from './lib/world.mjs';

test('a location is created, read, listed, changed and removed', async (world) => {
  const { client } = await world.tidings();
  let created;

  await world.claim('the outcome comes back in the same response', async () => {
    const answer = await client.command('CreateLocation', town('Ghent'), { wait: 5 });
    created = checkCompleted(answer, 'CreateLocation');
    assert.match(answer.headers['preference-applied'], /^wait=5$/);
    const { id, created_at: at, ...rest } = created.payload;
    assert.deepEqual(rest, town('Ghent'));
    assert.equal(id, created.key);
    assert.match(at, /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual(created.actions, [{ type: 'redirect', data: `/locations/${id}` }]);
  });

  await world.claim('what is reported as completed is there to read at once, every way', async () => {
    const { key } = created;
    assert.deepEqual(checkQuery(await client.get(`/queries/GetLocation?id=${key}`)), created.payload);
    assert.deepEqual(checkQuery(await client.query('GetLocation', { id: key })), created.payload);
    assert.deepEqual(checkQuery(await client.get(`/locations/${key}`)), created.payload);
    const page = checkQuery(await client.get('/queries/ListLocations'));
    assert.deepEqual(page.items, [created.payload]);
    assert.equal(page.next_cursor, null);
  });

  await world.claim('the outcome can be asked for again, byte for byte', async () => {
    const first = await client.command('CreateLocation', town('Bruges'), { wait: 5 });
    const again = await client.get(`/commands/${first.json.command_id}`);
    checkCompleted(again, 'CreateLocation');
    assert.equal(again.text, first.text);
    const waited = await client.get(`/commands/${first.json.command_id}`, { headers: { prefer: 'wait=5' } });
    assert.equal(waited.text, first.text);
  });

  await world.claim('without Prefer it answers 202 at once and completes later', async () => {
    const answer = await client.command('CreateLocation', town('Antwerp'));
    const pending = checkPending(answer, 'CreateLocation');
    assert.equal(answer.headers['preference-applied'], undefined);
    const done = await client.outcome(pending.command_id);
    checkCompleted(done, 'CreateLocation');
    assert.equal(done.json.command_id, pending.command_id);
    assert.equal((await client.get(`/commands/${pending.command_id}`)).text, done.text);
  });

  await world.claim('changes are seen, and the revision rises', async () => {
    const { key: id } = created;
    const renamed = checkCompleted(await client.command('RenameLocation', { id, name: 'Gent' }, { wait: 5 }), 'RenameLocation');
    assert.equal(renamed.key, id);
    assert.ok(renamed.revision > created.revision);
    const { updated_at: at, ...rest } = renamed.payload;
    assert.match(at, /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual(rest, { ...created.payload, name: 'Gent' });
    assert.deepEqual(checkQuery(await client.get(`/locations/${id}`)), renamed.payload);
  });

  await world.claim('resource routes are the same commands and queries by nicer names', async () => {
    const send = (method, path, body) => client.request(method, path, { body, headers: { prefer: 'wait=5' } });
    const made = checkCompleted(await send('POST', '/locations', town('Ypres', { id: 'ypres' })), 'CreateLocation');
    assert.equal(made.key, 'ypres');
    const patched = checkCompleted(await send('PATCH', '/locations/ypres', { name: 'Ieper', description: null }), 'UpdateLocation');
    assert.equal(patched.payload.name, 'Ieper');
    assert.ok(!('description' in patched.payload), 'null takes a member away');
    const put = checkCompleted(await send('PUT', '/locations/ypres', town('Ypern')), 'ReplaceLocation');
    assert.equal(put.payload.description, 'About Ypern');
    assert.deepEqual(checkQuery(await client.get('/locations/ypres')), put.payload);
    checkCompleted(await send('PUT', '/locations/menin', town('Menin')), 'ReplaceLocation');
    const ids = checkQuery(await client.get('/locations')).items.map((item) => item.id);
    assert.ok(ids.includes('ypres') && ids.includes('menin'));
    for (const id of ['ypres', 'menin']) checkCompleted(await send('DELETE', `/locations/${id}`), 'RemoveLocation');
    checkProblem(await client.get('/locations/ypres'), 404, 'not_found');
    checkProblem(await send('PUT', '/locations/ypres', town('Ypern', { id: 'menin' })), 422, 'schema_violation');
  });

  await world.claim('a removed location is gone, and its id may be missed', async () => {
    const { key: id } = created;
    const removed = checkCompleted(await client.command('RemoveLocation', { id }, { wait: 5 }), 'RemoveLocation');
    assert.equal(removed.key, id);
    checkProblem(await client.get(`/locations/${id}`), 404, 'not_found');
    checkProblem(await client.get(`/queries/GetLocation?id=${id}`), 404, 'not_found');
    checkRejected(await client.command('RemoveLocation', { id }, { wait: 5 }), 409, 'missing');
    checkRejected(await client.command('RenameLocation', { id, name: 'Gone' }, { wait: 5 }), 409, 'missing');
  });

  await world.claim('an existing key is a conflict, and stays as it was', async () => {
    const id = 'leuven';
    const first = checkCompleted(await client.command('CreateLocation', town('Leuven', { id }), { wait: 5 }));
    assert.equal(first.key, id);
    const second = await client.command('CreateLocation', town('Louvain', { id }), { wait: 5 });
    checkRejected(second, 409, 'already_exists', 'CreateLocation');
    assert.equal((await client.get(`/commands/${second.json.command_id}`)).text, second.text);
    assert.equal(checkQuery(await client.get(`/locations/${id}`)).name, 'Leuven');
  });

  await world.claim('wait=0 asks for no wait', async () => {
    checkPending(await client.command('CreateLocation', town('Mons'), { wait: 0 }), 'CreateLocation');
  });
});

test('lists sort, limit and go on by cursor', async (world) => {
  const { client } = await world.tidings();
  const names = ['Delft', 'Arnhem', 'Edam', 'Breda', 'Coevorden'];
  for (const name of names) {
    checkCompleted(await client.command('CreateLocation', town(name), { wait: 5 }));
    await new Promise((resolve) => setTimeout(resolve, 2)); // what is created within the same millisecond is in the order of its keys
  }
  const sorted = [...names].sort();

  await world.claim('by a field, both ways', async () => {
    const up = checkQuery(await client.get('/queries/ListLocations?sort=name'));
    assert.deepEqual(up.items.map((item) => item.name), sorted);
    const down = checkQuery(await client.query('ListLocations', { sort: '-name' }));
    assert.deepEqual(down.items.map((item) => item.name), [...sorted].reverse());
  });

  await world.claim('newest first unless asked otherwise', async () => {
    const page = checkQuery(await client.get('/locations'));
    assert.deepEqual(page.items.map((item) => item.name), [...names].reverse());
  });

  await world.claim('page by page, each item once', async () => {
    const seen = [];
    let cursor;
    for (let pages = 0; pages < 3; pages += 1) {
      const page = checkQuery(await client.query('ListLocations', { sort: 'name', limit: 2, ...(cursor && { cursor }) }));
      assert.ok(page.items.length <= 2);
      assert.equal(page.total, names.length);
      seen.push(...page.items.map((item) => item.name));
      cursor = page.next_cursor;
      if (cursor === null) break;
    }
    assert.equal(cursor, null);
    assert.deepEqual(seen, sorted);
  });

  await world.claim('a cursor that is not ours, a bad limit and an unknown member are refused by name', async () => {
    for (const [payload, pointer] of [[{ cursor: 'nonsense' }, '/cursor'], [{ limit: -1 }, '/limit'], [{ colour: 'red' }, '/colour']]) {
      const problem = checkProblem(await client.query('ListLocations', payload), 422, 'schema_violation');
      assert.equal(problem.errors[0].pointer, pointer);
    }
  });
});

test('an Idempotency-Key makes a repeated POST the same command', async (world) => {
  const { client } = await world.tidings();

  await world.claim('the same body gets the same id and outcome', async () => {
    const first = checkCompleted(await client.command('CreateLocation', town('Lille'), { wait: 5, key: '"first-1"' }));
    const again = await client.command('CreateLocation', town('Lille'), { wait: 5, key: '"first-1"' });
    assert.deepEqual(checkCompleted(again), first);
    const bare = await client.command('CreateLocation', town('Lille'), { wait: 5, key: 'first-1' });
    assert.deepEqual(checkCompleted(bare), first);
  });

  await world.claim('also when both come at once', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() =>
      client.command('CreateLocation', town('Metz'), { wait: 5, key: 'at-once' })));
    const ids = new Set(answers.map((answer) => checkCompleted(answer).command_id));
    assert.equal(ids.size, 1);
    const page = checkQuery(await client.get('/queries/ListLocations'));
    assert.equal(page.items.filter((item) => item.name === 'Metz').length, 1);
  });

  await world.claim('another body is refused', async () => {
    checkProblem(await client.command('CreateLocation', town('Nancy'), { wait: 5, key: 'first-1' }), 422, 'idempotency_mismatch');
  });
});

test('users have unique addresses', async (world) => {
  const { client } = await world.tidings({ models: [example('users')] });
  const ada = { name: 'Ada', email: 'ada@example.com' };
  let first;

  await world.claim('a second user with the same address is a conflict that names it', async () => {
    first = checkCompleted(await client.command('CreateUser', ada, { wait: 5 }), 'CreateUser');
    const second = await client.command('CreateUser', { ...ada, name: 'Eve' }, { wait: 5 });
    const rejected = checkRejected(second, 409, 'not_unique', 'CreateUser');
    assert.equal(rejected.error, 'User already exists with email: ada@example.com');
  });

  await world.claim('of many at the same moment exactly one wins', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) =>
      client.command('CreateUser', { name: `Bob ${i}`, email: 'bob@example.com' }, { wait: 10 })));
    const won = answers.filter((answer) => answer.status === 200);
    assert.equal(won.length, 1, answers.map((answer) => answer.status).join(' '));
    for (const answer of answers) if (answer !== won[0]) checkRejected(answer, 409, 'not_unique');
  });

  await world.claim('an update may keep its own address but not take another one', async () => {
    const { key: id } = first;
    checkCompleted(await client.command('UpdateUser', { id, name: 'Ada L.', email: ada.email }, { wait: 5 }));
    checkRejected(await client.command('UpdateUser', { id, email: 'bob@example.com' }, { wait: 5 }), 409, 'not_unique');
    assert.equal(checkQuery(await client.query('GetUser', { id })).email, ada.email);
  });

  await world.claim('an address is free again once its user is deleted', async () => {
    checkCompleted(await client.command('DeleteUser', { id: first.key }, { wait: 5 }));
    checkCompleted(await client.command('CreateUser', ada, { wait: 5 }));
  });

  await world.claim('search finds parts of a name, whatever the case', async () => {
    const page = checkQuery(await client.query('SearchUsers', { q: 'aDa' }));
    assert.deepEqual(page.items.map((user) => user.email), ['ada@example.com']);
  });
});

test('two models are served side by side', async (world) => {
  const { client } = await world.tidings({ models: [example('locations'), example('users')] });
  checkCompleted(await client.command('CreateLocation', town('Kyoto', { id: 'same' }), { wait: 5 }), 'CreateLocation');
  checkCompleted(await client.command('CreateUser', { id: 'same', name: 'Kyo', email: 'kyo@example.com' }, { wait: 5 }), 'CreateUser');
  assert.equal(checkQuery(await client.get('/locations/same')).name, 'Kyoto');
  assert.equal(checkQuery(await client.get('/users/same')).name, 'Kyo');
});
