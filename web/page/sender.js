// SPDX-License-Identifier: MIT
// One command, waited for in the way that was chosen, with all that the page shows about it.
import { duration } from './dom.js';
import { titleOf } from './models.js';
import { toast } from './toast.js';

const late = Symbol('late');
const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms, late));

/** How to wait: {how: "server" | "event" | "none", deadline: seconds, delay: milliseconds}. */
export function options({ how, deadline, delay }, signal) {
  return {
    // The server may answer long after one would give up on a lost connection, so there is no shorter limit here.
    wait: how === 'server' ? deadline : 0,
    headers: delay > 0 ? { 'tidings-delay-ms': String(delay) } : {},
    retries: Infinity,
    signal,
  };
}

export class Sender {
  constructor({ tidings, journeys, log, connection, onListed }) {
    Object.assign(this, { tidings, journeys, log, connection, onListed });
  }

  /** Throws a TidingsError when the server refuses the command. */
  async send(command, payload, waiting) {
    const subject = titleOf(payload, payload[command.key] ?? '');
    const journey = this.journeys.add(command.type, subject);
    if (this.connection.gone) journey.set('kept');
    let answer;
    try {
      answer = await this.tidings.command(command.type, payload, options(waiting, journey.abort.signal));
    } catch (error) {
      const given = journey.abort.signal.aborted;
      journey.refuse(given ? 'It may have been carried out all the same.' : error.message, given ? 'cancelled' : 'refused');
      this.log.add('request', `POST /commands/${command.type}`, { result: error.status || 'no answer', good: false, body: error.problem });
      if (!given) throw error;
      return;
    }
    this.#log(command, answer, journey);
    journey.timeline.markServer(answer.response.headers.get('server-timing'));
    if (answer.outcome) return this.#finish(journey, answer.outcome, subject);
    journey.timeline.mark('stored');
    if (waiting.how === 'event') {
      const outcome = await Promise.race([answer.settled, after(waiting.deadline * 1000 - journey.timeline.now())]).catch(() => null);
      if (outcome && outcome !== late) return this.#finish(journey, outcome, subject);
    }
    journey.set('pending');
    const shortly = toast('pending', `${subject || command.type} will be available shortly.`);
    answer.settled.then(
      (outcome) => (shortly(), this.#finish(journey, outcome, subject)),
      (error) => journey.refuse(journey.abort.signal.aborted ? 'It goes on without you.' : error.message, 'cancelled'));
  }

  #log(command, { response, outcome, pending }, journey) {
    const result = `${response.status} · ${duration(journey.timeline.now())}`;
    this.log.add('request', `POST /commands/${command.type}`, { result, good: response.ok, body: outcome ?? pending });
  }

  /** An event does not say when its command was handled; the status does. */
  async #stages(journey, { command_id: id }) {
    const status = await fetch(`/commands/${id}`, { cache: 'no-store' }).catch(() => null);
    journey.timeline.markStages(status?.headers.get('server-timing'));
    journey.draw();
  }

  #finish(journey, outcome, subject) {
    journey.settle(outcome);
    if (!journey.timeline.marks.some(({ name }) => name === 'handled')) this.#stages(journey, outcome);
    const redirect = outcome.actions.find((action) => action.type === 'redirect' && typeof action.data === 'string' && action.data.startsWith('/'));
    const title = titleOf(outcome.payload, subject || outcome.key);
    const link = redirect && { href: `#${redirect.data}`, text: `Open ${title}` };
    if (link) journey.link(link.href, link.text);
    if (outcome.status === 'completed') toast('good', `${title}: done.`, link);
    else toast('bad', outcome.error ?? 'It was rejected.');
    this.onListed();
  }
}
