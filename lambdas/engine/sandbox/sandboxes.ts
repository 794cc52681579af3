import * as z from 'zod';
import { RuntimeName } from '../run/runtimes';

const Tiers = z.array(z.tuple([z.int().positive(), z.string().min(1)])).min(1);

/** `NARAE_SANDBOXES`: for each runtime its sandbox functions as `[memory MiB, name]`, ascending. */
export const Sandboxes = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.record(RuntimeName, Tiers));
export type Sandboxes = z.output<typeof Sandboxes>;
