import { callRun, type RecordSpec, type Run } from '../../engine';
import { resolveRuntime } from '../../platform/runtimes';
import { shortened } from './execution-log';
import { LIMITS } from '../limits';
import type { Ports } from '../ports';
import type { FunctionRecord } from '../registry/records';
import { eventOf, type RequestBody } from './request-body';

/** Looked for in this order, after what takes a Request (docs/sandbox.md, convention `function`). */
const ENTRY = 'lambda_handler';
const FALLBACKS = ['handler'];

export const SERVICE = 'functions';

/** What the record of an invocation says, wherever it runs. */
export function recordOf(record: FunctionRecord, request: RequestBody): RecordSpec {
  const runtime = resolveRuntime(record.runtime, 'runtime');
  const { kept, cut } = shortened(request.value, { json: request.text });
  return {
    workspace: record.workspace,
    service: SERVICE,
    owner: record.id,
    counted: true,
    exported: true,
    listedByEnd: true,
    runtime,
    requestedRuntime: record.runtime,
    handler: ENTRY,
    trace: request.trace,
    request: cut ? JSON.stringify(kept) : request.text,
    env: record.env ? { names: record.envNames, sealed: record.env } : { values: {} },
    timeoutMs: record.timeout * 1_000,
    memoryMb: record.memory,
  };
}

/**
 * Runs a function on the engine. One function's runs share sandbox environments among themselves and with nobody else.
 * Costs, with code and data key at hand: one write for the record, one for the start, one transaction for the end.
 * @param waitMs how long the caller waits; code that did not start by then does not start any more
 * @returns the run as it ended, or as it stands when the caller waits no longer
 */
export async function engineCall(
  record: FunctionRecord,
  request: RequestBody,
  waitMs: number,
  ports: Ports,
): Promise<Run> {
  const source = await ports.codes.get(record.workspace, record.id, record.code);
  const common = recordOf(record, request);
  const [module = 'main'] = common.runtime.defaultHandler.split('.');
  return callRun(
    {
      ...common,
      tenantOf: record.id,
      code: source.toString('utf8'),
      entry: { kind: 'handler', module, function: ENTRY, fallbacks: FALLBACKS },
      convention: 'function',
      resultForm: 'answer',
      input: eventOf(request),
      resultBytes: LIMITS.resultBytes,
      context: ({ id }) => ({ requestId: id, functionId: record.id }),
    },
    { waitMs, endUnstarted: true },
    ports,
  );
}
