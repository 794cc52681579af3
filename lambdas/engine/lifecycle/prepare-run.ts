import { createHash } from 'node:crypto';
import type { Clock } from '../../platform/time/clock';
import type { Ids } from '../../platform/ids';
import type { TraceContext } from '../../platform/trace-context';
import type { Blobs } from '../store/blobs';
import type { Envelope, Sealed } from '../store/envelope';
import { encodeEvent } from '../events/event';
import { DEADLINES, INLINE_INPUT_BYTES } from '../run/limits';
import type { Bundle, RunOrder } from '../run/order';
import type { ResultForm } from '../run/result-form';
import type { Run } from '../run/run';
import { RUN_PREFIX } from '../run/run-keys';
import type { RunStore, CompanionWrites } from '../store/run-store';
import type { Runtime } from '../../platform/runtimes';
import { envOwner } from '../sandbox/sandbox-event';
import { LOG_VERSION, ORDER_VERSION, RUN_VERSION } from '../run/versions';

/** What a service wants run. */
export interface RunSpec {
  readonly workspace: string;
  /** The service whose run it is, by its name. */
  readonly service: string;
  /** What of the service it belongs to; its environment values are sealed to that. */
  readonly owner?: string | undefined;
  /** Its end is counted for its owner, and it is listed by its end. */
  readonly counted?: boolean | undefined;
  readonly listedByEnd?: boolean | undefined;
  /** What it prints and the CPU time it takes go where the stage's logs and metrics are, under its owner. */
  readonly exported?: boolean | undefined;
  /** What shares sandbox environments with this run, beside the workspace: a function, or all snippets of a workspace. */
  readonly tenantOf: string;
  /** Source, or the address of source that was stored before (`Blobs.putCode`). */
  readonly code: string | { readonly sha256: string };
  readonly runtime: Runtime;
  /** What was asked for, verbatim. */
  readonly requestedRuntime: string;
  /** As shown in the record. */
  readonly handler: string;
  readonly entry: RunOrder['entry'];
  readonly convention: RunOrder['convention'];
  readonly resultForm: ResultForm;
  /** The handler's event as JSON text; a script's standard input as it is. */
  readonly input: string;
  /** What the caller sent, as JSON text, for services that show it with the run. */
  readonly request?: string | undefined;
  /** Values in clear, or as they are stored, sealed to the owner. */
  readonly env:
    | { readonly values: Readonly<Record<string, string>> }
    | { readonly names: readonly string[]; readonly sealed: Sealed };
  /** Packages that the code finds beside itself. */
  readonly bundle?: Bundle | undefined;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly resultBytes: number;
  readonly batchId?: string | undefined;
  readonly trace?: TraceContext | undefined;
  /** What the handler's context holds besides its methods. */
  readonly context: (run: Run) => RunOrder['context'];
  /** What the service writes in the transaction that creates the run. */
  readonly together?: ((run: Run) => CompanionWrites) | undefined;
}

export interface PreparePorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly store: RunStore;
  readonly blobs: Blobs;
  readonly envelope: Envelope;
}

/**
 * Stores a run and everything a worker needs for it. Once this returns, the run can be read and will end, whatever
 * happens to its workers.
 * @throws CompanionConflict, AppError `SERVICE_UNAVAILABLE`; then there is no run
 */
export async function prepareRun(spec: RunSpec, ports: PreparePorts): Promise<RunOrder> {
  const now = ports.clock.now();
  const run = newRun(spec, ports.ids.next(RUN_PREFIX, now), now);
  const { request } = spec;
  const { entry, convention, resultForm, resultBytes, input: text } = spec;
  const [code, input, env] = await Promise.all([
    typeof spec.code === 'string' ? ports.blobs.putCode(run.workspace, spec.code) : spec.code.sha256,
    Buffer.byteLength(text) <= INLINE_INPUT_BYTES
      ? { text }
      : ports.blobs.putPayload(run.workspace, run.id, text).then((key) => ({ key })),
    sealedEnv(spec, run, ports),
    run.requestStored && request !== undefined && ports.blobs.putRequest(run.workspace, run.id, request),
  ]);
  await ports.store.create(run, spec.together?.(run));
  return {
    version: ORDER_VERSION,
    run,
    runtime: spec.runtime.name,
    code,
    entry,
    convention,
    resultForm,
    tenant: tenantId(run.workspace, spec.tenantOf),
    input,
    context: spec.context(run),
    resultBytes,
    ...(env && { env }),
    ...(spec.bundle && { bundle: spec.bundle }),
  };
}

/** What of a spec the record of the run shows. */
export type RecordSpec = Omit<
  RunSpec,
  | 'tenantOf'
  | 'code'
  | 'entry'
  | 'convention'
  | 'resultForm'
  | 'input'
  | 'bundle'
  | 'resultBytes'
  | 'context'
  | 'together'
>;

/** A write is billed by the size of the whole record: larger requests are stored apart. */
const INLINE_REQUEST_BYTES = 4 * 1024;

export function newRun(spec: RecordSpec, id: string, now: number): Run {
  const { workspace, service, requestedRuntime, handler, timeoutMs, memoryMb, batchId, request } = spec;
  return {
    version: RUN_VERSION,
    logVersion: LOG_VERSION,
    workspace,
    id,
    room: service,
    requestedRuntime,
    handler,
    timeoutMs,
    memoryMb,
    runtime: spec.runtime.name,
    status: 'REQUEST_RECEIVED',
    attempt: 0,
    envNames: 'values' in spec.env ? Object.keys(spec.env.values) : [...spec.env.names],
    ...(spec.owner !== undefined && { owner: spec.owner }),
    ...(spec.counted && { counted: true }),
    ...(spec.listedByEnd && { listedByEnd: true }),
    ...(spec.exported && { exported: true }),
    ...(batchId !== undefined && { batchId }),
    ...(spec.trace && { trace: spec.trace }),
    ...(request !== undefined &&
      (Buffer.byteLength(request) <= INLINE_REQUEST_BYTES ? { requestJson: request } : { requestStored: true })),
    createdAt: now,
    logsTruncated: false,
    resultTruncated: false,
    lastSeq: 1,
    tailFrom: 1,
    tail: [encodeEvent(['S', now, 'REQUEST_RECEIVED'])],
    deadlineAt: now + DEADLINES.queuedMs,
  };
}

async function sealedEnv({ env }: RunSpec, run: Run, { envelope }: PreparePorts): Promise<Sealed | undefined> {
  if (run.envNames.length === 0) return undefined;
  return 'values' in env ? envelope.seal(envOwner(run), env.values) : env.sealed;
}

/** Name of an isolated set of sandbox environments: says nothing about whose it is. */
const tenantId = (workspace: string, owner: string): string =>
  createHash('sha256').update(`${workspace}\n${owner}`).digest('hex').slice(0, 40);
