import { AppError } from '../../platform/http/errors';
import type { UseCases } from '../../platform/http/endpoint';
import { DEFAULT_WORKSPACE, maySee, type Principal } from '../../platform/auth/principal';
import type { Workspace } from '../contract';
import { inGroups } from '../../platform/in-groups';
import { asPlatformFault, isPossibleId, notFound } from '../errors';
import type { Ports } from '../ports';
import type { WorkspaceRecord } from '../registry/records';
import type { functionsRoutes } from '../routes';
import { toWorkspace } from '../view';
import { newWorkspace } from './workspace-store';

type Service = UseCases<typeof functionsRoutes>;

/**
 * A new workspace is open to the key that made it; that is written first, so that there is never a workspace which
 * nobody sees.
 */
export const createWorkspace =
  ({ ids, clock, workspaces, grantWorkspace }: Ports): Service['createWorkspace'] =>
  async ({ body }, { principal }) => {
    const now = clock.now();
    const record = newWorkspace(ids.next('ws', now), body.name, body.description, now);
    try {
      if (principal.keyHash !== undefined) await grantWorkspace(principal.keyHash, record.id);
      await workspaces.insert(record);
    } catch (error) {
      throw asPlatformFault(error, 'CREATE_ERROR', 'The workspace could not be stored. It has been logged.');
    }
    return { body: toWorkspace(record, { invocations: 0, errors: 0, durationMs: 0 }) };
  };

export const listWorkspaces =
  (ports: Ports): Service['listWorkspaces'] =>
  (_request, { principal }) =>
    listed(principal, ports).catch((error: unknown) => {
      throw asPlatformFault(error, 'LIST_ERROR', 'The workspaces could not be listed. It has been logged.');
    });

async function listed(principal: Principal, ports: Ports): Promise<{ readonly body: Workspace[] }> {
  const { workspaces } = ports;
  const look = () => (principal.allWorkspaces ? workspaces.all() : workspaces.some(principal.workspaces));
  let records = await look();
  const known = new Set(records.map(({ id }) => id));
  const missing = principal.workspaces.filter((id) => !known.has(id));
  if (missing.length > 0) {
    for (const id of missing) await ensure(id, ports);
    records = await look();
  }
  const first = records.filter(({ id }) => id === DEFAULT_WORKSPACE);
  const rest = records.filter(({ id }) => id !== DEFAULT_WORKSPACE).sort((a, b) => a.createdAt - b.createdAt);
  return { body: await inGroups([...first, ...rest], 4, (record) => withCounts(record, ports)) };
}

export const getWorkspace =
  (ports: Ports): Service['getWorkspace'] =>
  async ({ params }, { principal }) => ({
    body: await withCounts(await findWorkspace(params.workspaceId, principal, ports), ports),
  });

export const updateWorkspace =
  (ports: Ports): Service['updateWorkspace'] =>
  async ({ params, body }, { principal }) => {
    const before = await findWorkspace(params.workspaceId, principal, ports);
    const change = {
      ...(body.name !== undefined && { name: body.name }),
      ...(body.description !== undefined && { description: body.description }),
    };
    const after = Object.keys(change).length === 0 ? before : await ports.workspaces.rename(before.id, change);
    return { body: await withCounts(after, ports) };
  };

/** All functions of the workspace go with it: out of sight at once, removed in the background. */
export const deleteWorkspace =
  (ports: Ports): Service['deleteWorkspace'] =>
  async ({ params }, { principal }) => {
    const { id } = await findWorkspace(params.workspaceId, principal, ports);
    if (id === DEFAULT_WORKSPACE)
      throw new AppError('WORKSPACE_PROTECTED', 'The default workspace cannot be deleted. It can be renamed.');
    await ports.workspaces.markDeleted(id, ports.clock.now());
    await ports.wakeCleaner();
    return { body: undefined };
  };

/**
 * A workspace that the caller may see. One that a credential names exists from the first look on.
 * @throws AppError `NOT_FOUND`
 */
export async function findWorkspace(id: string, principal: Principal, ports: Ports): Promise<WorkspaceRecord> {
  if (!isPossibleId(id) || !maySee(principal, id)) throw notFound('workspace', id);
  const found = await ports.workspaces.get(id);
  if (found) return found;
  if (principal.workspaces.includes(id)) await ensure(id, ports);
  const made = principal.workspaces.includes(id) ? await ports.workspaces.get(id) : undefined;
  if (!made) throw notFound('workspace', id);
  return made;
}

const ensure = (id: string, { workspaces, clock }: Ports): Promise<void> =>
  workspaces.ensure(id, id === DEFAULT_WORKSPACE ? 'Default' : id, clock.now());

async function withCounts(record: WorkspaceRecord, { functions, counters }: Ports): Promise<Workspace> {
  const ids = record.functionCount === 0 ? [] : await functions.ids(record.id);
  return toWorkspace(record, await counters.sum(record.id, ids));
}
