import * as z from 'zod';

/** How exported lines and metrics are named, for those who write and those who read them. */

export const ExportedLine = z.object({
  owner: z.string(),
  run: z.string(),
  stream: z.enum(['stdout', 'stderr']),
  line: z.string(),
});
export type ExportedLine = z.output<typeof ExportedLine>;

export const METRICS_NAMESPACE = 'Narae';
export const OWNER_DIMENSION = 'Owner';
/** Milliseconds of processor time. */
export const CPU_METRIC = 'CpuMs';
