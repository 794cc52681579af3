/** Numbers that look random and follow from a seed. */
export interface Random {
  /** From 0 up to and without 1. */
  fraction(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(among: readonly T[]): T;
}

/** @param name of who draws, so that one scenario's numbers do not depend on how many another has drawn */
export function seeded(seed: number, name: string): Random {
  let state = seed;
  for (const char of name) state = Math.imul(state ^ char.charCodeAt(0), 0x9e3779b1) >>> 0;
  // mulberry32: small, and good enough for choosing moments
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number): number => least + Math.floor(fraction() * (most - least + 1));
  return {
    fraction,
    whole,
    chance: (probability) => fraction() < probability,
    pick: (among) => {
      const found = among[whole(0, among.length - 1)];
      if (found === undefined) throw new Error('There is nothing to pick from.');
      return found;
    },
  };
}
