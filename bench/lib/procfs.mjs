// SPDX-License-Identifier: MIT
// What Linux tells about processes and the machine.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';

const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** The fields of /proc/<pid>/stat behind the command's name, which may hold anything; [0] is the state. */
const statOf = (pid) => {
  const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
};

/** Seconds of CPU that a process has used, all threads. */
export function cpuOf(pid) {
  const stat = statOf(pid);
  return (stat[11] + stat[12]) / ticks;
}

/** Seconds of CPU of our own and of children that have ended: the load generators. */
export function ownCpu() {
  const stat = statOf('self');
  return (stat[11] + stat[12] + stat[13] + stat[14]) / ticks;
}

/** Resident bytes of a process. */
export function residentOf(pid) {
  return Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

/** Seconds that all CPUs have worked, and that a hypervisor gave to others. */
function machineCpu() {
  const [user, nice, system, , , irq, softirq, steal] = /^cpu +(.+)$/m.exec(fs.readFileSync('/proc/stat', 'utf8'))[1].split(' ').map(Number);
  return { busy: (user + nice + system + irq + softirq) / ticks, steal: (steal ?? 0) / ticks };
}

/** What the CPUs did over a while; `finish` says which share of them went to others than `pids` and ourselves. */
export function watchMachine(pids) {
  const began = performance.now();
  const before = machineCpu();
  const cpu = () => ownCpu() + pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
  const ours = cpu();
  return {
    /** @param unseen Seconds of CPU of a process of ours that `pids` does not name. */
    finish(unseen = 0) {
      const seconds = ((performance.now() - began) / 1000) * os.cpus().length;
      const after = machineCpu();
      const foreign = after.busy - before.busy - (cpu() - ours) - unseen + (after.steal - before.steal);
      return Math.min(1, Math.max(0, foreign / seconds));
    },
  };
}

export function describeMachine() {
  return {
    cpu: os.cpus()[0].model.trim(),
    cpus: os.cpus().length,
    memory_gib: Math.round(os.totalmem() / 2 ** 30),
    kernel: os.release(),
    load_before: os.loadavg()[0],
  };
}
