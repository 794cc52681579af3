import { setTimeout } from 'node:timers/promises';
import type { UseCases } from '../../platform/http/endpoint';
import { retryOnConflict } from '../../platform/dynamo/transact';
import { buildFailed, expireLostBuild, snapshotOf, type CallbackRecord } from '../registry/callback';
import { DEPLOY_WAIT_MS } from '../limits';
import type { Ports } from '../ports';
import type { callbacksRoutes } from '../routes';
import { BUILD_TIMEOUT_MS } from './start-build';
import { toCallback } from '../view';

/** Deploying and undeploying (docs/contracts/callbacks.md#states). */
type Service = UseCases<typeof callbacksRoutes>;

interface Request {
  readonly callback_id: number;
  readonly status: boolean;
}

/** Answers at once: `build`, or `undeployed`. */
export const deploy =
  (ports: Ports): Service['deploy'] =>
  async ({ body }, { principal: { workspace } }) => ({
    body: toCallback(await begin(body, workspace, ports), ports.clock.now()),
  });

/** Answers with the state the build reached, or with `build` when that takes too long. */
export const deployAndWait =
  (ports: Ports): Service['deployAndWait'] =>
  async ({ body }, { principal: { workspace }, remainingMs }) => {
    const begun = await begin(body, workspace, ports);
    const reached = body.status ? await waitForBuild(begun, Math.min(DEPLOY_WAIT_MS, remainingMs()), ports) : begun;
    return {
      body: { ...toCallback(reached, ports.clock.now()), message: messageOf(reached), image: `callback_${reached.id}` },
    };
  };

const begin = (request: Request, workspace: string, ports: Ports): Promise<CallbackRecord> =>
  request.status ? beginBuild(request.callback_id, workspace, ports) : undeploy(request.callback_id, workspace, ports);

/** A new attempt puts an end to the one before: its build finds that it is no longer the newest. */
async function beginBuild(id: number, workspace: string, ports: Ports): Promise<CallbackRecord> {
  const building = await retryOnConflict(async () => {
    const before = await ports.callbacks.get(workspace, id);
    const now = ports.clock.now();
    const after: CallbackRecord = {
      ...before,
      status: 'build',
      lastError: undefined,
      attempt: before.attempt + 1,
      building: snapshotOf(before),
      buildDeadlineAt: now + BUILD_TIMEOUT_MS,
      updatedAt: now,
    };
    await ports.callbacks.save(before, after);
    return after;
  });
  try {
    await ports.startBuild({ workspace, callbackId: id, attempt: building.attempt });
  } catch (error) {
    await giveUp(building, ports);
    throw error;
  }
  return building;
}

/** A build that could not be started has failed; what is deployed goes on answering. */
async function giveUp({ workspace, id, attempt }: CallbackRecord, ports: Ports): Promise<void> {
  await retryOnConflict(async () => {
    const record = await ports.callbacks.find(workspace, id);
    if (record?.attempt !== attempt || record.status !== 'build') return;
    const failed = buildFailed(record, 'The build could not be started; deploy it again.', ports.clock.now());
    await ports.callbacks.save(record, failed);
  });
}

/** Immediate: the next call finds no route. */
const undeploy = (id: number, workspace: string, ports: Ports): Promise<CallbackRecord> =>
  retryOnConflict(async () => {
    const before = await ports.callbacks.get(workspace, id);
    const after: CallbackRecord = {
      ...before,
      status: 'undeployed',
      deployment: undefined,
      building: undefined,
      attempt: before.attempt + 1,
      updatedAt: ports.clock.now(),
    };
    await ports.callbacks.save(before, after);
    return after;
  });

async function waitForBuild(
  begun: CallbackRecord,
  waitMs: number,
  { callbacks, clock }: Ports,
): Promise<CallbackRecord> {
  const until = clock.now() + waitMs;
  let record = begun;
  for (let pauseMs = 40; clock.now() < until; pauseMs = Math.min(500, pauseMs * 1.3)) {
    await setTimeout(pauseMs);
    // Deleted with its room in the meantime, it is not found, as at any later request.
    record = await callbacks.get(begun.workspace, begun.id);
    if (expireLostBuild(record, clock.now()).status !== 'build') return expireLostBuild(record, clock.now());
  }
  return record;
}

function messageOf({ status, lastError }: CallbackRecord): string {
  switch (status) {
    case 'deployed':
      return 'Deployed.';
    case 'undeployed':
      return 'Undeployed.';
    case 'failed':
      return `The build failed: ${lastError ?? 'no reason is known'}`;
    case 'build':
    case 'pending':
      return 'The build goes on; read the callback to see its end.';
  }
}
