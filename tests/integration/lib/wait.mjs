// SPDX-License-Identifier: MIT
// Waiting for a condition, with a deadline; tests never sleep for a fixed time.

/** A sanitizer build is slower; every deadline stretches by this. */
export const slowdown = Number(process.env.SLOWDOWN ?? 1);

/** Milliseconds of a deadline on this build. */
export const within = (ms) => ms * slowdown;

/** Lets other work run; only for polling loops. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Calls `probe` until it returns something truthy and returns that.
 * An exception counts as "not yet"; the last one is told when the deadline passes.
 */
export async function eventually(what, probe, { deadline = 10_000, every = 20 } = {}) {
  const end = performance.now() + within(deadline);
  let last;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end)
      throw new Error(`not within ${within(deadline)} ms: ${what}${last ? ` (last: ${last.message})` : ''}`);
    await pause(every);
  }
}

/** Rejects when `promise` takes longer. */
export async function timely(what, promise, ms = 10_000) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${within(ms)} ms: ${what}`)), within(ms));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
