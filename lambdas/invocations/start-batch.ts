import { AppError } from '../platform/http/errors';
import type { UseCases } from '../platform/http/endpoint';
import { inGroups } from '../platform/in-groups';
import { check, fieldPath } from '../platform/http/validation';
import { InvocationRequest } from './contract';
import type { Ports } from './ports';
import type { invocationsRoutes } from './routes';
import { accepted, start } from './start';

type Item = Awaited<ReturnType<UseCases<typeof invocationsRoutes>['startBatch']>>['body']['items'][number];

/** Runs that are started at the same time; the rest of a batch follows as these are done. */
const AT_ONCE = 10;

/** Starts many runs, independent of each other (docs/contracts/invocations.md#batch). */
export const startBatch =
  (ports: Ports): UseCases<typeof invocationsRoutes>['startBatch'] =>
  async ({ body }, { principal, trace }) => {
    ports.rateLimit.take(principal.workspace, body.invocations.length);
    const batchId = ports.ids.next('bat', ports.clock.now());
    const items = await inGroups(body.invocations, AT_ONCE, (raw, index) =>
      startItem(raw, index, principal.workspace, { batchId, trace }, ports),
    );
    const rejected = items.filter((item) => 'error' in item).length;
    if (rejected === items.length) {
      throw new AppError('VALIDATION_ERROR', 'None of the invocations can be taken; details.items says why.', {
        details: { field: 'invocations', items },
      });
    }
    return { body: { batchId, accepted: items.length - rejected, rejected, items } };
  };

async function startItem(
  raw: unknown,
  index: number,
  workspace: string,
  about: Parameters<typeof start>[2],
  ports: Ports,
): Promise<Item> {
  const at = (field: string): string => `${fieldPath(['invocations', index])}${field === 'body' ? '' : `.${field}`}`;
  const request = check(InvocationRequest, raw);
  if (!request.ok)
    return {
      index,
      error: { code: 'VALIDATION_ERROR', message: request.message, details: { field: at(request.field) } },
    };
  try {
    return { index, ...(await accepted(await start(request.data, workspace, about, ports), ports)) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const field = error.details?.['field'];
    const details = { ...error.details, ...(typeof field === 'string' && { field: at(field) }) };
    return { index, error: { code: error.code, message: error.message, details } };
  }
}
