// SPDX-License-Identifier: MIT
// What an answer claims. Whatever claims nothing that Tidings may say is "dishonest", and the checker objects to it.
//   accepted   stored, no outcome yet          completed, failed   the outcome
//   refused    certainly not stored            unknown             may or may not be stored
import { gist } from './history.mjs';

const refusals = new Set(['unavailable', 'shutting_down', 'overloaded', 'backlog_full', 'storage_refused']);

const ofOutcome = (outcome) => {
  const { status, success, command_id: id, code } = outcome;
  if (status === 'pending' && success === null) return { result: 'accepted', id };
  if (status === 'completed' && success === true) return { result: 'completed', id, gist: gist(outcome) };
  if (status === 'failed' && success === false) return { result: 'failed', id, code, gist: gist(outcome) };
  return { result: 'dishonest', id, why: JSON.stringify(outcome).slice(0, 400) };
};

const ofCode = (code, text) => {
  if (code === 'outcome_unknown') return { result: 'unknown', code };
  if (refusals.has(code)) return { result: 'refused', code };
  return { result: 'dishonest', code, why: text.slice(0, 400) };
};

/** Of an HTTP answer of `POST /commands/{Type}`. */
export function ofHttp({ status, json, text }) {
  if (json === undefined) return { result: 'dishonest', why: `${status} ${text.slice(0, 200)}` };
  if (json.status && typeof json.status === 'string') {
    const claim = ofOutcome(json);
    const fits = { accepted: [202], completed: [200], failed: [409, 412, 422, 500, 502, 503, 504] }[claim.result];
    return fits?.includes(status) ? claim : { ...claim, result: 'dishonest', why: `${status} with ${text.slice(0, 400)}` };
  }
  return status === 503 || status === 429 ? ofCode(json.code, text) : { result: 'dishonest', why: `${status} ${text.slice(0, 400)}` };
}

/** Of an HTTP request without an answer: only a refused connection says that nobody read it. */
export function ofHttpError(error) {
  if (error.code === 'ECONNREFUSED') return { result: 'refused', code: error.code };
  return { result: 'unknown', code: error.code ?? error.message };
}

/** Of an answer on `commands.{Type}`. */
export function ofBus(text) {
  const body = JSON.parse(text);
  return body.status ? ofOutcome(body) : ofCode(body.code, text);
}

/** Of a NATS request without an answer: with no responder it reached nobody. */
export function ofBusError(error) {
  if (error.code === '503') return { result: 'refused', code: 'no responders' };
  return { result: 'unknown', code: error.code ?? error.message };
}
