import { resolveRuntime } from '../../platform/runtimes';
import type { UseCases } from '../../platform/http/endpoint';
import { retryOnConflict } from '../../platform/dynamo/transact';
import type { CallbackRecord } from './callback';
import { sealEnv } from './env';
import { checkLibrary } from '../deploy/library';
import type { Ports } from '../ports';
import type { callbacksRoutes } from '../routes';
import { toCallback } from '../view';

/** Registers a callback (docs/contracts/callbacks.md#example-register). */
export const createCallback =
  (ports: Ports): UseCases<typeof callbacksRoutes>['createCallback'] =>
  async ({ body }, { principal: { workspace } }) => {
    const { language } = resolveRuntime(body.type, 'type');
    ports.reserved.refuse(body.path);
    const library = checkLibrary(language, body.library);
    const id = await ports.counters.nextId(workspace, 'callbacks');
    const record: CallbackRecord = {
      workspace,
      id,
      path: body.path,
      method: body.method,
      language,
      code: await ports.sources.put(workspace, id, body.code),
      ...(library !== undefined && { library }),
      ...(body.env && { env: await sealEnv(id, body.env, undefined, ports.envelope) }),
      ...(typeof body.chat_id === 'number' && { roomId: body.chat_id }),
      status: 'pending',
      updatedAt: ports.clock.now(),
      attempt: 0,
      version: 0,
    };
    try {
      await retryOnConflict(async () => {
        const link = record.roomId === undefined ? [] : await ports.links.link(record.roomId, id, workspace);
        await ports.callbacks.save(undefined, record, [ports.counters.oneMore(workspace, 'callbacks'), ...link]);
      });
    } catch (error) {
      await ports.sources.forget(workspace, id);
      throw error;
    }
    return { body: toCallback(record, ports.clock.now()) };
  };
