// SPDX-License-Identifier: MIT
// Samples of all rounds, and what they say together.

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export class Results {
  /** {contestant, work, round, ...figures}: one measurement each. */
  samples = [];
  /** What could not be measured, and why. */
  troubles = [];

  add(contestant, work, round, figures) {
    this.samples.push({ contestant, work, round, ...figures });
  }

  trouble(contestant, work, round, why) {
    this.troubles.push({ contestant, work, round, why });
  }

  of(contestant, work) {
    return this.samples.filter((sample) => sample.contestant === contestant && sample.work === work);
  }

  /** Median of a figure over the rounds; undefined when it was not measured. */
  figure(contestant, work, name) {
    const values = this.of(contestant, work).map((sample) => sample[name]).filter((value) => typeof value === 'number');
    return values.length > 0 ? median(values) : undefined;
  }

  /**
   * Median over the rounds of `combine(a, b)`, each pair from one round: what disturbs the machine for a while then
   * disturbs both.
   */
  paired([contestantA, workA, nameA], [contestantB, workB, nameB], combine = (a, b) => a / b) {
    const values = [];
    for (const a of this.of(contestantA, workA)) {
      const b = this.of(contestantB, workB).find((sample) => sample.round === a.round);
      if (typeof a[nameA] === 'number' && typeof b?.[nameB] === 'number') values.push(combine(a[nameA], b[nameB]));
    }
    return values.length > 0 ? { value: median(values), low: Math.min(...values), high: Math.max(...values) } : undefined;
  }
}
