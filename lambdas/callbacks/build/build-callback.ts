import type { CallPorts } from '../../engine/call-run';
import { untilFresh } from '../../platform/transact';
import { buildFailed, type CallbackRecord, type Deployment } from '../callback';
import type { Sources } from '../sources';
import type { BuildOrder } from '../start-build';
import type { CallbackStore } from '../store';
import { checkSyntax } from './check-syntax';

export interface BuildPorts extends CallPorts {
  readonly callbacks: CallbackStore;
  readonly sources: Sources;
}

const MAX_CHECKS = 3;
const NO_LIBRARIES = 'Libraries cannot be installed by this version. Remove `library`, or put the code into one file.';

/**
 * Builds what a deploy asked for and puts it on its route. A build that is no longer the newest attempt, or whose
 * callback is gone, changes nothing (contract: callbacks, section 6, "Build").
 */
export async function buildCallback(order: BuildOrder, ports: BuildPorts): Promise<void> {
  const record = await ports.callbacks.find(order.workspace, order.callbackId);
  const snapshot = record && isNewest(record, order) ? record.building : undefined;
  if (!snapshot) return;
  // Told, not ignored: deployed without what it imports it would fail at each call.
  if (snapshot.library !== undefined) {
    await conclude(order, ports, (current) => buildFailed(current, NO_LIBRARIES, ports.clock.now()));
    return;
  }
  const source = await ports.sources.get(order.workspace, order.callbackId, snapshot.code);
  const error = await checkAgain(() => checkSyntax(order, snapshot, source, ports));
  await conclude(order, ports, (current) =>
    error === null ? deployed(current, snapshot, ports.clock.now()) : buildFailed(current, error, ports.clock.now()),
  );
}

/** Writes the end of a build, if it is still the newest one. */
export const conclude = (
  order: BuildOrder,
  ports: Pick<BuildPorts, 'callbacks'>,
  end: (record: CallbackRecord) => CallbackRecord,
): Promise<void> =>
  untilFresh(async () => {
    const current = await ports.callbacks.find(order.workspace, order.callbackId);
    if (current && isNewest(current, order)) await ports.callbacks.save(current, end(current));
  });

const deployed = (record: CallbackRecord, deployment: Deployment, now: number): CallbackRecord => ({
  ...record,
  status: 'deployed',
  lastError: undefined,
  building: undefined,
  deployment,
  updatedAt: now,
});

const isNewest = ({ attempt, status }: CallbackRecord, order: BuildOrder): boolean =>
  attempt === order.attempt && status === 'build';

/** A sandbox that was lost is no fault of the code. */
async function checkAgain(check: () => Promise<string | null>): Promise<string | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await check();
    } catch (error) {
      console.error('syntax check failed', error);
      if (attempt === MAX_CHECKS)
        return 'The code could not be checked. This is a fault of the platform; deploy it again.';
    }
  }
}
