// SPDX-License-Identifier: MIT
// Many commands, a bounded number at a time, and what their outcomes say about the server.
import { LatencyChart, RateChart } from './chart.js';
import { byId, duration } from './dom.js';
import { nounOf } from './models.js';
import { sample } from './sample.js';

const drawEvery = 120;

export class Load {
  #rate = new RateChart(byId('chart-rate'), 'rate-caption');
  #latency = new LatencyChart(byId('chart-latency'), 'latency-caption');
  #keys = [];

  /** @param send (type, payload, signal) => outcome, waiting as the person chose. */
  constructor({ catalog, log, send, model }) {
    Object.assign(this, { catalog, log, send, model });
    byId('load-count').addEventListener('input', () => this.#label());
    byId('load-form').addEventListener('submit', (event) => (event.preventDefault(), this.#make()));
    byId('load-stop').addEventListener('click', () => this.abort?.abort());
    byId('load-undo').addEventListener('click', () => this.#undo());
    this.#label();
    this.#rate.draw();
    this.#latency.draw();
  }

  #label() {
    const count = Number(byId('load-count').value);
    byId('load-start').textContent = `Send ${(count || 0).toLocaleString('en')}`;
  }

  #make() {
    const count = Math.floor(Number(byId('load-count').value));
    const model = this.model();
    const command = this.catalog.withEffect(model, 'create')[0] ?? this.catalog.withEffect(model, 'replace')[0];
    if (!(count >= 1 && count <= 20000)) return this.#summary('Between 1 and 20,000, please.', true);
    if (!command) return this.#summary('The model has no command that creates something.', true);
    const without = command.schema.required?.includes(model.key) ? [] : [model.key];
    const optional = Object.keys(command.schema.properties ?? {}).filter((name) => !command.schema.required?.includes(name));
    const options = { noun: nounOf(model), without: [...without, ...optional] };
    const payloads = Array.from({ length: count }, (_, n) => {
      const payload = sample(command.schema, { ...options, n });
      if (command.schema.required?.includes(model.key)) payload[model.key] = `load-${Date.now().toString(36)}-${n}`;
      return payload;
    });
    return this.#run(command, payloads, model);
  }

  #undo() {
    const [model, keys] = this.#keys;
    const command = this.catalog.withEffect(model, 'delete')[0];
    return this.#run(command, keys.map((key) => ({ [model.key]: key })), model, true);
  }

  async #run(command, payloads, model, undoing = false) {
    const parallel = Number(byId('load-parallel').value);
    const abort = (this.abort = new AbortController());
    const run = { start: performance.now(), times: [], points: [], failed: 0, keys: [], total: payloads.length };
    this.#running(true, run);
    const drawing = setInterval(() => this.#draw(run), drawEvery);
    let next = 0;
    const worker = async () => {
      while (next < payloads.length && !abort.signal.aborted) {
        const payload = payloads[next++];
        const sent = performance.now();
        const outcome = await this.send(command.type, payload, abort.signal).catch(() => null);
        if (!outcome && abort.signal.aborted) return;
        const now = performance.now();
        const failed = !outcome || outcome.status === 'failed';
        run.failed += failed;
        if (outcome?.key) run.keys.push(outcome.key);
        run.times.push((now - run.start) / 1000);
        run.points.push([(now - run.start) / 1000, now - sent, failed]);
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    clearInterval(drawing);
    this.#draw(run);
    this.#running(false, run);
    this.#keys = undoing ? [] : [model, run.keys];
    byId('load-undo').hidden = undoing || !run.keys.length || !this.catalog.withEffect(model, 'delete').length;
    const seconds = (performance.now() - run.start) / 1000;
    const text = `${run.times.length.toLocaleString('en')} × ${command.type} in ${seconds.toFixed(2)} s, ${run.failed} failed`;
    this.#summary(text);
    this.log.add('note', text, { good: run.failed === 0 });
  }

  #running(on, run) {
    this.log.muted = on;
    byId('load-stop').hidden = !on;
    byId('load-start').disabled = on;
    byId('load-undo').hidden = true;
    byId('load-progress').max = run.total;
  }

  #summary(text) {
    byId('load-summary').textContent = text;
  }

  #draw(run) {
    const seconds = Math.max(0.5, (performance.now() - run.start) / 1000);
    const sorted = run.points.map(([, ms]) => ms).sort((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    byId('load-progress').value = run.times.length;
    if (sorted.length) {
      byId('figure-rate').textContent = Math.round(run.times.length / Math.max(run.times[run.times.length - 1], 0.001)).toLocaleString('en');
      for (const [name, share] of [['p50', 0.5], ['p95', 0.95], ['p99', 0.99]]) byId(`figure-${name}`).textContent = duration(at(share));
      byId('figure-failed').textContent = run.failed.toLocaleString('en');
    }
    this.#rate.draw(run.times, seconds);
    this.#latency.draw(run.points, seconds, at(0.5));
  }
}
