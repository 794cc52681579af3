import * as z from 'zod';
import { type Blobs, claim, endOwnRun, INLINE_INPUT_BYTES, Run, type RunStore } from '../../engine';
import type { Clock } from '../../platform/time/clock';
import { versionUpTo } from '../../platform/version';
import { callOutside, type OutsideCall } from './outside-call';

/** Of an order to the caller; as all versions it is raised by hand (docs/adr/0018). */
const OUTSIDE_ORDER_VERSION = 2;
/** What an order needs of who carries it out: since 2 it may be one for a call that is signed. */
const versionOf = (signed: boolean): number => (signed ? 2 : 1);

/**
 * A call that may outlast the synchronous window is made by a worker of its own, which goes on when the caller is told
 * STILL_RUNNING (docs/contracts/functions.md#long-runs).
 */
export const OutsideOrder = z.object({
  version: versionUpTo('the order', OUTSIDE_ORDER_VERSION),
  /** The record as it was created. */
  run: Run,
  url: z.url(),
  /** Checked by whoever gives the order; no name is looked up again. */
  addresses: z.array(z.string()).min(1),
  /** It is called with a signature. */
  signed: z.boolean().default(false),
  /** What is sent; absent: it is in the bucket, as the payload of the run. */
  json: z.string().optional(),
});
export type OutsideOrder = z.output<typeof OutsideOrder>;

/** What a worker keeps of its own time to write down what came of the call. */
const WRITE_DOWN_MS = 10_000;

/** Makes the order for a call, and puts down what is too large to travel in it. */
export async function orderOutside(
  run: Run,
  { url, addresses, json, signed }: Omit<OutsideCall, 'timeoutMs'>,
  blobs: Blobs,
): Promise<OutsideOrder> {
  const order = { version: versionOf(signed), run, url: url.href, addresses: [...addresses], signed };
  if (Buffer.byteLength(json) <= INLINE_INPUT_BYTES) return { ...order, json };
  await blobs.putPayload(run.workspace, run.id, json);
  return order;
}

/**
 * Claims the run, calls, ends it. A second delivery of the order finds it claimed and does nothing: the call is made at
 * most once, and its outcome is stored once.
 * @param remainingMs what is left of this worker's own time
 * @returns the record as this worker ended it, or undefined when it was not for this worker to do
 */
export async function executePassthrough(
  order: OutsideOrder,
  remainingMs: () => number,
  ports: { readonly store: RunStore; readonly blobs: Blobs; readonly clock: Clock },
): Promise<Run | undefined> {
  const { workspace, id, timeoutMs } = order.run;
  const json = order.json ?? (await ports.blobs.getPayload(workspace, id));
  if (json === undefined) throw new Error(`No payload of ${id}`);
  const run = await claim(ports.store, order.run, 'carry-out', ports.clock);
  if (!run) return undefined;
  const { addresses, signed } = order;
  const within = Math.min(timeoutMs, remainingMs() - WRITE_DOWN_MS);
  const call = { url: new URL(order.url), addresses, json, signed, timeoutMs: within };
  const outcome = await callOutside(call, Math.round(timeoutMs / 1_000));
  return endOwnRun(run, run.startedAt ?? run.createdAt, outcome, ports);
}
