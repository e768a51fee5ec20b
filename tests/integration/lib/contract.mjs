// SPDX-License-Identifier: MIT
// The two documents every answer is made of, checked field by field.
import assert from 'node:assert/strict';

const outcomeFields = [
  'success', 'command_id', 'timestamp', 'payload', 'error', 'command_type', 'status', 'stage', 'code', 'key',
  'revision', 'actions', 'links',
];
const problemFields = ['type', 'title', 'status', 'detail', 'instance', 'code', 'errors', 'trace_id'];
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
export const commandId = /^cmd-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What all outcomes have in common. */
export function checkOutcome(document, type) {
  assert.deepEqual(Object.keys(document), outcomeFields);
  assert.match(document.command_id, commandId);
  assert.match(document.timestamp, rfc3339);
  if (type) assert.equal(document.command_type, type);
  assert.ok(Array.isArray(document.actions));
  for (const action of document.actions) assert.deepEqual(Object.keys(action), ['type', 'data']);
  assert.deepEqual(Object.keys(document.links), ['self', 'events']);
  assert.equal(document.links.self, `/commands/${document.command_id}`);
  assert.equal(document.links.events, `/commands/${document.command_id}/events`);
}

/** 200 and a completed outcome; returns it. */
export function checkCompleted(answer, type) {
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers['content-type'], /^application\/json/);
  const outcome = answer.json;
  checkOutcome(outcome, type);
  assert.equal(outcome.success, true);
  assert.equal(outcome.status, 'completed');
  assert.equal(outcome.stage, 'projected');
  assert.equal(outcome.error, null);
  assert.equal(outcome.code, null);
  assert.equal(typeof outcome.key, 'string');
  assert.ok(Number.isInteger(outcome.revision) && outcome.revision > 0, `revision ${outcome.revision}`);
  return outcome;
}

/** 202 and an outcome that claims neither success nor failure; returns it. */
export function checkPending(answer, type) {
  assert.equal(answer.status, 202, answer.text);
  const outcome = answer.json;
  checkOutcome(outcome, type);
  assert.equal(outcome.success, null);
  assert.equal(outcome.status, 'pending');
  assert.ok(['accepted', 'handled', 'projected'].includes(outcome.stage), outcome.stage);
  assert.equal(outcome.error, null);
  assert.equal(outcome.code, null);
  assert.equal(outcome.revision, null);
  assert.equal(answer.headers.location, outcome.links.self);
  assert.match(answer.headers['retry-after'], /^\d+$/);
  return outcome;
}

/** A rejection by the handler: an outcome that failed; returns it. */
export function checkRejected(answer, status, code, type) {
  assert.equal(answer.status, status, answer.text);
  const outcome = answer.json;
  checkOutcome(outcome, type);
  assert.equal(outcome.success, false);
  assert.equal(outcome.status, 'failed');
  assert.equal(outcome.payload, null);
  assert.equal(outcome.revision, null);
  assert.equal(outcome.code, code);
  assert.match(outcome.error, /\S/);
  return outcome;
}

/** An error that is not an outcome (RFC 9457); returns it. */
export function checkProblem(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'], /^application\/problem\+json/);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const problem = answer.json;
  assert.deepEqual(Object.keys(problem), problemFields);
  assert.equal(problem.status, status);
  if (code) assert.equal(problem.code, code);
  assert.match(problem.type, /\S/);
  assert.match(problem.title, /\S/);
  assert.match(problem.detail, /\S/);
  assert.equal(typeof problem.instance, 'string');
  assert.ok(Array.isArray(problem.errors));
  for (const error of problem.errors) assert.deepEqual(Object.keys(error), ['pointer', 'message']);
  if ([429, 503].includes(status)) assert.match(answer.headers['retry-after'], /^\d+$/);
  return problem;
}

/** 200 and a query response that succeeded; returns its payload. */
export function checkQuery(answer) {
  assert.equal(answer.status, 200, answer.text);
  const response = answer.json;
  assert.deepEqual(Object.keys(response), ['success', 'query_id', 'timestamp', 'payload', 'error']);
  assert.equal(response.success, true);
  assert.match(response.query_id, /^qry-/);
  assert.match(response.timestamp, rfc3339);
  assert.equal(response.error, null);
  return response.payload;
}

/** A location that fits the example's schema. */
export const town = (name, more = {}) => ({ name, category: 'Town', description: `About ${name}`, ...more });
