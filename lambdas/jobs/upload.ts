import { resolveRuntime } from '../platform/runtimes';
import type { UseCases } from '../platform/http/endpoint';
import type { JobRecord } from './job';
import { LIMITS } from './limits';
import type { Ports } from './ports';
import { keptFromNow } from './retention';
import type { jobsRoutes } from './routes';
import { toJob } from './view';

/**
 * Stores a script (docs/contracts/jobs.md#example-upload). Costs one object, and one transaction of three small items.
 * @throws AppError `UNSUPPORTED_RUNTIME`, `PROJECT_LIMIT_REACHED`
 */
export const uploadJob =
  (ports: Ports): UseCases<typeof jobsRoutes>['uploadJob'] =>
  async ({ body }, { principal, headers }) => {
    const runtime = resolveRuntime(body.language, 'language');
    const { workspace } = principal;
    const [project, code] = await Promise.all([
      projectOf(workspace, body, ports),
      ports.blobs.putCode(workspace, body.code),
    ]);
    const now = ports.clock.now();
    const record: JobRecord = {
      workspace,
      id: ports.newJobId(),
      projectId: project.id,
      project: project.name,
      code,
      runtime: runtime.name,
      language: runtime.language,
      requestedRuntime: body.language,
      ...(body.function_name !== null && { functionName: body.function_name }),
      ...(body.description !== null && { description: body.description }),
      createdAt: now,
      run: 0,
      timeoutMs: LIMITS.timeoutMs.default,
      keptUntil: keptFromNow(now),
    };
    await ports.jobs.insert(record);
    return { body: toJob({ record, run: undefined }, undefined, ports.publicOrigin(headers)) };
  };

/** What the reference means, or else a project of that name made now (docs/contracts/jobs.md#semantics). */
async function projectOf(
  workspace: string,
  { project, description }: { readonly project: string; readonly description: string | null },
  { projects }: Ports,
) {
  return (await projects.find(workspace, project)) ?? projects.findOrCreate(workspace, project, description);
}
