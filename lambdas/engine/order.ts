import * as z from 'zod';
import { Sealed } from './envelope';
import { Run } from './run';

/**
 * What the runner is told: everything that starting one run needs. It travels as the event of an asynchronous invoke,
 * so Lambda's own queue keeps it until a worker has done it. It holds no secret in clear.
 */
export const RunOrder = z.object({
  /** The record as it was created: a worker that finds it so needs no read. */
  run: Run,
  runtime: z.enum(['python3.13', 'nodejs24']),
  /** sha256 of the code in the bucket. */
  code: z.string(),
  entry: z.union([
    z.object({ kind: z.literal('handler'), module: z.string(), function: z.string(), fallbacks: z.array(z.string()) }),
    z.object({ kind: z.literal('script') }),
  ]),
  convention: z.enum(['invocation', 'function', 'callback']),
  /** What shares a sandbox environment: runs of one tenant never meet those of another (docs/adr/0003). */
  tenant: z.string(),
  /** JSON text of the handler's event, or where it is when it is large. */
  event: z.union([z.object({ json: z.string() }), z.object({ key: z.string() })]),
  context: z.record(z.string(), z.union([z.string(), z.number()])),
  env: Sealed.optional(),
  resultBytes: z.number(),
});
export type RunOrder = z.output<typeof RunOrder>;

/** Larger events go through the bucket: an asynchronous invoke takes at most 256 KB on every account. */
export const INLINE_EVENT_BYTES = 128 * 1024;
