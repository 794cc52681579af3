import { AppError } from '../../platform/http/errors';
import type { UseCases } from '../../platform/http/endpoint';
import { retryOnConflict } from '../../platform/dynamo/transact';
import { expireLostBuild } from './callback';
import type { Ports } from '../ports';
import type { callbacksRoutes } from '../routes';

/**
 * Deletes a callback with its routes, and frees its room of it. One that is being built is not deleted on its own
 * (docs/contracts/callbacks.md#rooms).
 */
export const deleteCallback =
  (ports: Ports): UseCases<typeof callbacksRoutes>['deleteCallback'] =>
  async ({ params }, { principal: { workspace } }) => {
    const id = params.callback_id;
    await retryOnConflict(async () => {
      const record = await ports.callbacks.get(workspace, id);
      if (expireLostBuild(record, ports.clock.now()).status === 'build')
        throw new AppError(
          'CALLBACK_BUILDING',
          `Callback ${id} is being built. Wait for the build, or undeploy it first.`,
        );
      await ports.callbacks.save(record, undefined, [
        ports.counters.oneLess(workspace, 'callbacks'),
        ...(await ports.links.unlink(record)),
      ]);
    });
    await ports.sources.forget(workspace, id);
    return { body: { message: `Callback ${id} is deleted.` } };
  };
