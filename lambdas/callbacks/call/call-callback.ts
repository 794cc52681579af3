import { callRun, type RunSpec } from '../../engine';
import { AppError } from '../../platform/http/errors';
import type { CallContext } from '../../platform/http/endpoint';
import { routeNotFound } from '../../platform/http/router';
import { runtimeOf } from '../../platform/runtimes';
import { ownerOf, type Deployment, type StoredEnv } from '../registry/callback';
import { answerOf, type CallReply } from './call-answer';
import { eventText } from './call-event';
import { CALLBACK_LIMITS, type CallMethod } from '../limits';
import type { Ports } from '../ports';

interface Request {
  readonly params: { readonly path_name: string };
  readonly body: Buffer;
}

/**
 * Calls what is deployed on a route: each request runs the handler once, nothing is cached
 * (docs/contracts/callbacks.md#semantics). Beside the run itself (two writes here, one in the runner) a call costs one
 * read, of the route: code is cached by
 * its hash, and the environment travels sealed.
 */
export const callCallback =
  (method: CallMethod, ports: Ports) =>
  async ({ params, body }: Request, context: CallContext): Promise<CallReply> => {
    const { workspace } = context.principal;
    const name = params.path_name;
    ports.rateLimit.take(workspace);
    const route = await ports.callbacks.route(workspace, name, method);
    if (!route?.deployment) throw await nothingThere(workspace, name, method, ports);
    const event = eventText({ method, name, rawQuery: context.rawQuery, headers: context.headers, body });
    const spec = await specOf(route.callbackId, route.deployment, route.env, event, context, ports);
    // A handler that did not start in time must not start after we said so.
    const run = await callRun(spec, { waitMs: context.remainingMs(), endUnstarted: true }, ports);
    return answerOf(run, ports.blobs);
  };

async function specOf(
  callbackId: number,
  { language, code, packages }: Deployment,
  env: StoredEnv | undefined,
  input: string,
  { principal: { workspace }, requestId, trace }: CallContext,
  { sources }: Ports,
): Promise<RunSpec> {
  const runtime = runtimeOf(language);
  const [module = 'main'] = runtime.defaultHandler.split('.');
  return {
    workspace,
    service: 'callbacks',
    owner: ownerOf(callbackId),
    tenantOf: ownerOf(callbackId),
    code: await sources.get(workspace, callbackId, code),
    bundle: packages,
    runtime,
    requestedRuntime: language,
    handler: `${module}.lambda_handler`,
    entry: { kind: 'handler', module, function: 'lambda_handler', fallbacks: ['handler'] },
    convention: 'callback',
    resultForm: 'value',
    input,
    trace,
    env: env ? { names: env.names, sealed: env.sealed } : { values: {} },
    timeoutMs: CALLBACK_LIMITS.timeoutMs,
    memoryMb: CALLBACK_LIMITS.memoryMb,
    resultBytes: CALLBACK_LIMITS.resultBytes,
    context: () => ({ requestId, callbackId }),
  };
}

/** 404, or 405 when the path is deployed for other methods. */
async function nothingThere(workspace: string, name: string, method: CallMethod, ports: Ports): Promise<AppError> {
  // Reserved for services that serve nothing under exactly this path.
  if (ports.reserved.has(name)) return routeNotFound(`/api/${name}`);
  const allowed = (await ports.callbacks.methodsOf(workspace, name)).sort();
  const shown = name.slice(0, 200);
  if (allowed.length === 0) return new AppError('CALLBACK_NOT_REGISTERED', `No callback is deployed under '${shown}'.`);
  return new AppError('METHOD_NOT_ALLOWED', `'${shown}' does not take ${method}.`, {
    details: { allowed },
    headers: { Allow: allowed.join(', ') },
  });
}
