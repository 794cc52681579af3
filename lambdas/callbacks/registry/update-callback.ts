import { resolveRuntime, runtimeOf } from '../../platform/runtimes';
import type { UseCases } from '../../platform/http/endpoint';
import { retryOnConflict } from '../../platform/dynamo/transact';
import { type CallbackRecord } from './callback';
import type { CallbackChange } from '../contract';
import { sealEnv } from './env';
import { checkLibrary } from '../deploy/library';
import type { Ports } from '../ports';
import type { callbacksRoutes } from '../routes';
import { toCallback } from '../view';

/**
 * Changes a callback. Calls go on with what is deployed, but for `env`, which works at once
 * (docs/contracts/callbacks.md#what-a-deployment-is).
 */
export const updateCallback =
  (ports: Ports): UseCases<typeof callbacksRoutes>['updateCallback'] =>
  async ({ params, body }, { principal: { workspace } }) => {
    if (typeof body.path === 'string') ports.reserved.refuse(body.path);
    const record = await retryOnConflict(async () => {
      const before = await ports.callbacks.get(workspace, params.callback_id);
      const after = await changed(before, body, ports);
      const link =
        typeof body.chat_id === 'number' ? await ports.links.link(body.chat_id, before.id, workspace, before) : [];
      await ports.callbacks.save(before, after, link);
      return after;
    });
    return { body: toCallback(record, ports.clock.now()) };
  };

/** Null or absent means unchanged; an empty library means none. */
async function changed(before: CallbackRecord, change: CallbackChange, ports: Ports): Promise<CallbackRecord> {
  const { language } =
    typeof change.type === 'string' ? resolveRuntime(change.type, 'type') : runtimeOf(before.language);
  return {
    ...before,
    path: change.path ?? before.path,
    method: change.method ?? before.method,
    language,
    code:
      typeof change.code === 'string' ? await ports.sources.put(before.workspace, before.id, change.code) : before.code,
    library: checkLibrary(language, change.library ?? before.library),
    env: change.env ? await sealEnv(before.id, change.env, before, ports.envelope) : before.env,
    roomId: change.chat_id ?? before.roomId,
    updatedAt: ports.clock.now(),
  };
}
