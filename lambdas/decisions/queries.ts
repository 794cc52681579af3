import * as z from 'zod';

/** Query strings of the decisions API (docs/contracts/decisions.md#endpoints, #bad-input). */

/** A whole number that is moved to the nearest one within bounds, which were never part of the published description. */
export const clampedInteger = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^-?\d{1,15}$/, { error: 'must be a whole number' })
    .transform((text) => Math.min(max, Math.max(min, Number(text))))
    .optional()
    .transform((value) => value ?? fallback)
    .meta({ description: `Whole number; default ${fallback}.` });

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

export const queryBoolean = (fallback: boolean) =>
  z
    .string()
    .transform((text) => text.toLowerCase())
    .refine((text) => TRUE.includes(text) || FALSE.includes(text), {
      error: `must be one of ${[...TRUE, ...FALSE].join(', ')}`,
    })
    .transform((text) => TRUE.includes(text))
    .optional()
    .transform((value) => value ?? fallback)
    .meta({ description: `${TRUE.join(', ')} or ${FALSE.join(', ')}; default ${String(fallback)}.` });

/** Repeated or comma-separated: an HTTP API hands both on in the same way. */
export const queryList = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== ''))
  .optional()
  .meta({ description: 'May be repeated, or comma-separated.' });
