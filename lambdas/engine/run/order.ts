import * as z from 'zod';
import { RuntimeName } from '../../platform/runtimes';
import { versionUpTo } from '../../platform/version';
import { Sealed } from '../store/envelope';
import { Run } from './run';
import { ResultForm } from './result-form';
import { ORDER_VERSION } from './versions';

export const Bundle = z.object({ key: z.string(), sha256: z.string() });
export type Bundle = z.output<typeof Bundle>;

/**
 * What the runner is told: everything that starting one run needs. It travels as the event of an asynchronous invoke,
 * so Lambda's own queue keeps it until a worker has done it. It holds no secret in clear.
 */
export const RunOrder = z.object({
  /** An order that is newer than its reader is refused: Lambda's queue keeps it, and tries again. */
  version: versionUpTo('the order', ORDER_VERSION),
  /** The record as it was created: a worker that finds it so needs no read. */
  run: Run,
  runtime: RuntimeName,
  /** sha256 of the code in the bucket. */
  code: z.string(),
  entry: z.union([
    z.object({ kind: z.literal('handler'), module: z.string(), function: z.string(), fallbacks: z.array(z.string()) }),
    z.object({ kind: z.literal('script') }),
  ]),
  /** How the sandbox calls the code: a word of its protocol, which only the sandbox reads (docs/architecture.md). */
  convention: z.string(),
  resultForm: ResultForm.optional(),
  /** What shares a sandbox environment: runs of one tenant never meet those of another (docs/adr/0003). */
  tenant: z.string(),
  /** A handler's event as JSON text, a script's standard input as it is; or where it is when it is large. */
  input: z.union([z.object({ text: z.string() }), z.object({ key: z.string() })]),
  context: z.record(z.string(), z.union([z.string(), z.number()])),
  env: Sealed.optional(),
  /** Packages that the code finds beside itself: the object in the bucket that holds them, and its sha256. */
  bundle: Bundle.optional(),
  /** Bytes of a result's body (form `response`), of its JSON (others), of stdout and stderr each (script). */
  resultBytes: z.number(),
  /** Nobody waits for its end: it may go back to the queue when there is no sandbox for it. */
  queued: z.boolean().optional(),
});
export type RunOrder = z.output<typeof RunOrder>;
