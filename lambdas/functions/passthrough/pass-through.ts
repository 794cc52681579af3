import { beginOwnRun, endRun, platformError, recordExternalCall, type Run } from '../../engine';
import { AppError } from '../../platform/http/errors';
import { TooSlow } from '../../platform/outbound/post-json';
import { AddressNotAllowed, resolveTarget } from '../../platform/outbound/resolve';
import { readTarget, targetName } from '../../platform/outbound/target';
import { recordOf } from '../invoke/engine-call';
import { callOutside, failedOutside, type OutsideCall } from './outside-call';
import { orderOutside } from './outside-order';
import type { Ports } from '../ports';
import type { FunctionRecord } from '../registry/records';
import type { RequestBody } from '../invoke/request-body';

/**
 * Calls a function that is deployed elsewhere (docs/contracts/functions.md#pass-through). The name is resolved
 * once, every address is checked, and the connection goes to a checked one.
 * @param windowMs how long the caller waits
 * @returns the run as it ended, or as it stands when the caller waits no longer
 * @throws AppError `URL_NOT_ALLOWED`; then there is no record of it
 */
export async function passThrough(
  url: string,
  record: FunctionRecord,
  request: RequestBody,
  windowMs: number,
  ports: Ports,
): Promise<Run> {
  const { resolve } = ports.outbound;
  const issued = record.issued?.url === url ? record.issued : undefined;
  // What the platform issued is trusted exactly as issued, wherever it leads.
  const open = issued === undefined ? ports.outbound.open : new Set([targetName(new URL(url))]);
  const target = readTarget(url, open);
  if ('problem' in target) throw notAllowed();
  const startedAt = performance.now();
  const timeoutMs = record.timeout * 1_000;
  const waitMs = Math.min(timeoutMs, windowMs);
  const left = () => Math.max(1, waitMs - (performance.now() - startedAt));
  const spec = recordOf(record, request);
  const addresses = await inTime(resolveTarget(target.url, open, resolve), waitMs).catch((error: unknown) => {
    if (error instanceof AddressNotAllowed) throw notAllowed();
    return { error };
  });
  if ('error' in addresses)
    return recordExternalCall(spec, ports, () => Promise.resolve(failedOutside(addresses.error, record.timeout)));
  const call = { url: target.url, addresses, json: request.text, signed: issued?.target === 'lambda' };
  if (timeoutMs > windowMs) return byWorker(await beginOwnRun(spec, ports), call, left(), ports);
  return recordExternalCall(spec, ports, () => callOutside({ ...call, timeoutMs: left() }, record.timeout));
}

/** For a call that may outlast this process: a worker makes it, and goes on when the caller has been answered. */
async function byWorker(run: Run, call: Omit<OutsideCall, 'timeoutMs'>, waitMs: number, ports: Ports): Promise<Run> {
  const called = await ports.callOutside(await orderOutside(run, call, ports.blobs), waitMs);
  switch (called.kind) {
    case 'ended':
      return called.run;
    case 'pending':
    case 'left':
      return (await ports.store.get(run.workspace, run.id, ports.clock.now())) ?? run;
    case 'full':
      return endRun(run, platformError('no-capacity'), ports);
    case 'lost':
    case 'unknown':
      // The call may have been made: it is not made again.
      return endRun(run, platformError('worker-lost'), ports);
  }
}

/** A resolver has no time limit of its own that could be set. */
async function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooSlow('No answer in time.')), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const notAllowed = (): AppError =>
  new AppError('URL_NOT_ALLOWED', 'The invocationUrl of the function leads to an address that may not be called.', {
    details: { field: 'invocationUrl' },
  });
