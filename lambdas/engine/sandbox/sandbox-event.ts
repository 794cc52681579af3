import type { Blobs } from '../store/blobs';
import type { Envelope } from '../store/envelope';
import { LIMITS } from '../run/limits';
import type { RunOrder } from '../run/order';
import { SANDBOX_PROTOCOL } from '../run/versions';
import { traceVariables } from '../../platform/trace-context';

/** What a full platform and a cold start may take beyond the user's time, until the code is started. */
export const SANDBOX_GRACE_MS = 30_000;
/** A worker keeps this much of its own time to write the end. */
const WORKER_RESERVE_MS = 10_000;

/**
 * Everything the sandbox needs, as the protocol wants it (docs/sandbox.md, "Protocol"): JSON text.
 * Whatever can fail, fails here, before the user's code is started.
 * @param remainingMs what is left of this worker's own time; the code gets no more than that
 */
export async function sandboxEvent(
  order: RunOrder,
  remainingMs: number,
  { blobs, envelope }: { readonly blobs: Blobs; readonly envelope: Envelope },
): Promise<string> {
  const { run, input } = order;
  const timeoutMs = Math.max(1, Math.min(run.timeoutMs, remainingMs - WORKER_RESERVE_MS));
  const validSeconds = Math.ceil((run.timeoutMs + 2 * SANDBOX_GRACE_MS) / 1000);
  const { bundle } = order;
  const [code, env, cancelUrl, inputUrl, bundleUrl] = await Promise.all([
    blobs.getCode(run.workspace, order.code),
    order.env ? envelope.open(envOwner(run), order.env) : {},
    blobs.cancelUrl(run.workspace, run.id, validSeconds),
    'key' in input ? blobs.urlOf(input.key, validSeconds) : undefined,
    bundle && blobs.urlOf(bundle.key, validSeconds),
  ]);
  const isScript = order.entry.kind === 'script';
  const head = JSON.stringify({
    protocol: SANDBOX_PROTOCOL,
    runId: run.id,
    codeBase64: code.toString('base64'),
    entry: order.entry,
    convention: order.convention,
    context: order.context,
    env: withTrace(env, run),
    limits: {
      timeoutMs,
      memoryMb: run.memoryMb,
      lineBytes: LIMITS.logLineBytes,
      logBytes: LIMITS.logBytes,
      logLines: LIMITS.logLines,
      resultBytes: order.resultBytes,
      outputBytes: order.resultBytes,
    },
    cancelUrl,
    ...(bundle && { bundleUrl, bundleSha: bundle.sha256 }),
    ...(inputUrl && { [isScript ? 'stdinUrl' : 'eventUrl']: inputUrl }),
  });
  if ('key' in input) return head;
  // A handler's event is JSON text already: it is set in as it is instead of being parsed and written once more.
  return `${head.slice(0, -1)},${isScript ? `"stdin":${JSON.stringify(input.text)}` : `"event":${input.text}`}}`;
}

/** What the caller set stands, and then as a whole: a state of one trace says nothing of another. */
const withTrace = (
  env: Readonly<Record<string, string>>,
  { trace }: RunOrder['run'],
): Readonly<Record<string, string>> => (trace && !('TRACEPARENT' in env) ? { ...traceVariables(trace), ...env } : env);

/** What environment values are sealed to: the run, or what they are stored with. */
export const envOwner = (run: { readonly id: string; readonly owner?: string | undefined }): string =>
  run.owner ?? run.id;
