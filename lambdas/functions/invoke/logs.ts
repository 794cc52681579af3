import {
  ENDED_BY_OWNER,
  ENDED_BY_ROOM,
  endedOfOwner,
  endedOfService,
  type EndedPartition,
  type Run,
} from '../../engine';
import type { UseCases } from '../../platform/http/endpoint';
import type { ExecutionLog } from '../contract';
import { SERVICE } from './engine-call';
import { storedLog } from './execution-log';
import { asPlatformFault } from '../errors';
import { findFunction } from '../registry/functions';
import { LogList } from './log-list';
import type { Ports } from '../ports';
import type { functionsRoutes } from '../routes';
import { findWorkspace } from '../workspaces/workspaces';

type Service = UseCases<typeof functionsRoutes>;

/** Logs whose bodies or lines may have to be fetched, at the same time. */
const AT_ONCE = 16;

/** The newest over all functions that exist, with no share per function (docs/contracts/functions.md#logs). */
export const workspaceLogs =
  (ports: Ports): Service['workspaceLogs'] =>
  async ({ params, query }, { principal }) => {
    const { id: workspace } = await findWorkspace(params.workspaceId, principal, ports);
    const existing = new Set(await ports.functions.ids(workspace));
    const partition = { index: ENDED_BY_ROOM, partition: endedOfService(workspace, SERVICE) } as const;
    return answer(await newest(partition, query.limit, (owner) => existing.has(owner), ports));
  };

export const functionLogs =
  (ports: Ports): Service['functionLogs'] =>
  async ({ params, query }, { principal }) => {
    const { workspace, id } = await findFunction(params, principal, ports);
    const partition = { index: ENDED_BY_OWNER, partition: endedOfOwner(workspace, id) } as const;
    return answer(await newest(partition, query.limit, () => true, ports));
  };

const answer = (logs: ExecutionLog[]) => ({ body: { logs, total: logs.length } });

async function listed(runs: readonly Run[], ports: Ports): Promise<ExecutionLog[]> {
  const list = new LogList();
  for (let from = 0; from < runs.length && !list.isFull; from += AT_ONCE) {
    const group = runs.slice(from, from + AT_ONCE);
    const logs = await Promise.all(group.map((run) => storedLog(run, run.owner ?? '', ports)));
    for (const [at, log] of logs.entries()) list.add(log, runs.length - from - at - 1);
  }
  return list.logs;
}

async function newest(
  partition: EndedPartition,
  limit: number,
  isWanted: (functionId: string) => boolean,
  ports: Ports,
): Promise<ExecutionLog[]> {
  try {
    const runs: Run[] = [];
    for await (const keys of ports.index.ended(partition, limit)) {
      const page = await ports.index.read(keys, ports.clock.now());
      runs.push(...page.filter(({ owner }) => owner !== undefined && isWanted(owner)));
      if (runs.length >= limit) break;
    }
    return await listed(runs.slice(0, limit), ports);
  } catch (error) {
    throw asPlatformFault(error, 'LIST_ERROR', 'The logs could not be listed. It has been logged.');
  }
}
