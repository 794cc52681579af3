import type { UseCases } from '../../platform/http/endpoint';
import { LEAST_MS } from '../../platform/http/answer-window';
import { fittingReply } from '../../platform/http/reply-bytes';
import { baseOf } from '../keys';
import { missing, placeOf } from '../place';
import type { Ports } from '../ports';
import type { decisionsRoutes } from '../routes';
import { settleRun } from '../runs/settle-run';

type Cases = UseCases<typeof decisionsRoutes>;

export const listAuditLogs =
  ({ entries }: Ports): Cases['listAuditLogs'] =>
  async ({ query: { run_id, limit, offset, ...filter } }, { principal, remainingMs }) => {
    const base = run_id === undefined ? undefined : baseOf('run', run_id);
    // What is no id of a run is that of none, which has no entries.
    if (run_id !== undefined && base === undefined) return { body: [] };
    const hasTime = (): boolean => remainingMs() > LEAST_MS;
    return { body: fittingReply(await entries.list(principal.workspace, { base, filter, offset, limit, hasTime })) };
  };

export const getTimeline =
  (ports: Ports): Cases['getTimeline'] =>
  async ({ params: { run_id } }, context) => {
    const place = placeOf('run', run_id, context);
    if (!(await settleRun(place, ports.clock.now(), ports))) throw missing('run');
    return { body: fittingReply(await ports.entries.timeline(place)) };
  };
