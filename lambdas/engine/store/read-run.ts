import { checkVersion } from '../../platform/version';
import type { Blobs } from './blobs';
import { decodeEvent, toPublicEvent, type PublicEvent } from '../events/event';
import type { Run } from '../run/run';
import type { RunStore } from './run-store';
import { LOG_VERSION } from '../run/versions';

export interface ReadPorts {
  readonly store: Pick<RunStore, 'encodedAfter'>;
  readonly blobs: Pick<Blobs, 'getResult'>;
}

/** JSON text of a completed run's result, wherever it is kept. */
export async function resultOf(run: Run, { blobs }: Pick<ReadPorts, 'blobs'>): Promise<string | undefined> {
  return run.resultStored ? blobs.getResult(run.workspace, run.id) : run.resultJson;
}

/**
 * Events of a run with a seq above `after`, in order and without a gap, at most `limit`.
 * @param run the record, just read: what it says is what can be read
 * @throws NewerVersion when its log is of a later format than this release reads
 */
export async function eventsAfter(run: Run, after: number, limit: number, ports: ReadPorts): Promise<PublicEvent[]> {
  checkVersion(`the log of ${run.id}`, run.logVersion, LOG_VERSION);
  const stored = (await ports.store.encodedAfter(run, after, limit)).map(decodeEvent);
  const result = stored.some(([kind]) => kind === 'C') ? await resultOf(run, ports) : undefined;
  return stored.map((event, index) => toPublicEvent(run, after + 1 + index, event, result));
}
