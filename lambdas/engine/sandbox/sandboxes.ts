import * as z from 'zod';
import { jsonText } from '../../platform/env';
import { RuntimeName } from '../../platform/runtimes';

const Tiers = z.array(z.tuple([z.int().positive(), z.string().min(1)])).min(1);

/** `NARAE_SANDBOXES`: for each runtime its sandbox functions as `[memory MiB, name]`, ascending. */
export const Sandboxes = jsonText.pipe(z.record(RuntimeName, Tiers));
export type Sandboxes = z.output<typeof Sandboxes>;
