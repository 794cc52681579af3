import { AppError, invalid } from '../platform/http/errors';
import type { UseCases } from '../platform/http/endpoint';
import type { Ports } from './ports';
import type { buildsRoutes } from './routes';
import { newTaskId, planPush, submit, taskIdIn, workspaceOf } from './start-task';

/** Publishes what was built of a source, or will have been (docs/contracts/builds.md#push). */
export const push =
  (ports: Ports): UseCases<typeof buildsRoutes>['push'] =>
  async ({ body }, { principal }) => {
    const workspace = workspaceOf(principal, body.workspace_id);
    const buildId = taskIdIn(body.s3_source_path, workspace, ports.store.bucket);
    const plan = planPush(ports.registries.placeOf(body.registry_url, 'registry_url'), body);
    const built = await ports.tasks.find(buildId);
    if (!built?.upload || built.workspace !== workspace)
      throw new AppError('NOT_FOUND', 'No build of this source is known.', { details: { field: 's3_source_path' } });
    if (body.target && body.target !== built.target)
      throw invalid('target', `target must be ${built.target}: that is what was built of this source.`);
    const { target, typeCheck, appName } = built;
    const response = await submit(
      {
        task: {
          id: newTaskId(),
          workspace,
          kind: 'push',
          target,
          typeCheck,
          appName,
          warnings: [...plan.warnings],
          ignoredFields: [...plan.ignoredFields],
          push: plan.order,
          builtBy: built.id,
        },
        credentials: plan.credentials,
        message: 'Push queued',
      },
      ports,
    );
    return { body: response };
  };
