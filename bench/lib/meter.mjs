// SPDX-License-Identifier: MIT
// What a measurement cost: CPU and memory of the contestant and of nats-server, and how much of the machine others took.
import { cpuOf, residentOf, watchMachine } from './procfs.mjs';

const sum = (pids, of) => pids.reduce((total, pid) => total + of(pid), 0);

export class Meter {
  /** @param contestant Pids of the contestant. @param nats The server's pid; undefined without one. */
  constructor(contestant, nats) {
    this.contestant = contestant;
    this.nats = nats === undefined ? [] : [nats];
  }

  begin(generator) {
    this.machine = watchMachine([...this.contestant, ...this.nats, ...(generator ? [generator] : [])]);
    this.cpuBefore = sum(this.contestant, cpuOf);
    this.natsBefore = sum(this.nats, cpuOf);
  }

  end() {
    this.cpu = sum(this.contestant, cpuOf) - this.cpuBefore;
    this.natsCpu = sum(this.nats, cpuOf) - this.natsBefore;
    this.foreign = this.machine.finish();
    this.resident = sum(this.contestant, residentOf);
    this.natsResident = sum(this.nats, residentOf);
  }

  /** Adds costs a request to a result with a `count`. */
  charge(result) {
    const each = (seconds) => (result.count > 0 ? (seconds * 1e6) / result.count : null);
    return {
      ...result,
      // A contestant that generates its own load knows its CPU time best.
      cpu_us: result.cpu_us ?? each(this.cpu),
      nats_cpu_us: this.nats.length > 0 ? each(this.natsCpu) : null,
      resident: this.contestant.length > 0 ? this.resident : null,
      nats_resident: this.nats.length > 0 ? this.natsResident : null,
      foreign: this.foreign,
    };
  }
}
