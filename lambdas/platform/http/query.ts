import * as z from 'zod';

/**
 * A whole number in a query string, parsed strictly: `10`, never `10.0`, `1e1`, ` 10` or an empty string
 * (docs/contracts/common.md#requests).
 */
export function queryInteger(min: number, max: number, fallback: number): z.ZodType<number, string | undefined> {
  const wanted = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^-?\d{1,15}$/, { error: wanted })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: wanted })
    .optional()
    .transform((value) => value ?? fallback)
    .meta({ description: `Whole number, ${min} to ${max}; default ${fallback}.` });
}
