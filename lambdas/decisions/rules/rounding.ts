/**
 * A number with so many decimals, half up. Twelve digits are looked at: more of them are the error of binary fractions, by
 * which 0.65845 would be a little less than a half.
 */
export function halfUp(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.floor(Number((value * factor).toPrecision(12)) + 0.5) / factor;
}

/** As scores are shown. */
export const fourDecimals = (value: number): number => halfUp(value, 4);
