import { LIMITS, type Run, type RunSpec, startRun } from '../engine';
import { resolveRuntime } from '../platform/runtimes';
import { iso } from '../platform/time/clock';
import type { InvocationRequest } from './contract';
import type { Ports } from './ports';

/**
 * Starts the run that a request describes. All snippets of a workspace share sandbox environments, one after another:
 * code that is run once would otherwise pay for an environment of its own each time (docs/adr/0003).
 * @throws AppError `UNSUPPORTED_RUNTIME`, `SERVICE_UNAVAILABLE`
 */
export async function start(
  request: InvocationRequest,
  workspace: string,
  about: Pick<RunSpec, 'batchId' | 'trace'>,
  ports: Ports,
): Promise<Run> {
  const runtime = resolveRuntime(request.runtime, 'runtime');
  const handler = request.handler ?? runtime.defaultHandler;
  return startRun(
    {
      workspace,
      service: 'invocations',
      tenantOf: 'invocations',
      code: request.code,
      runtime,
      requestedRuntime: request.runtime,
      handler,
      entry: { kind: 'handler', ...splitHandler(handler, runtime.defaultHandler), fallbacks: [] },
      convention: 'invocation',
      resultForm: 'response',
      input: JSON.stringify(request.payload),
      env: { values: request.env },
      timeoutMs: request.timeoutMs,
      memoryMb: request.memoryMb,
      resultBytes: LIMITS.resultBytes,
      ...about,
      context: ({ id, memoryMb, timeoutMs }) => ({ invocationId: id, runtime: runtime.name, memoryMb, timeoutMs }),
    },
    ports,
  );
}

/** `module.function`, or `function` in the runtime's usual module. */
function splitHandler(handler: string, defaultHandler: string): { module: string; function: string } {
  const [first = '', second] = handler.split('.');
  const [usualModule = 'main'] = defaultHandler.split('.');
  return second === undefined ? { module: usualModule, function: first } : { module: first, function: second };
}

/** What a caller gets for a run that has just been started. */
export async function accepted(run: Run, { streamUrl }: Pick<Ports, 'streamUrl'>) {
  return {
    invocationId: run.id,
    status: 'REQUEST_RECEIVED' as const,
    runtime: run.runtime,
    requestedRuntime: run.requestedRuntime,
    createdAt: iso(run.createdAt),
    streamUrl: await streamUrl(run),
  };
}
