import { transact, type Write } from '../../platform/dynamo/transact';
import { baseOf } from '../keys';
import { MEETING_LOG, MEETING_LOG_KEPT_MS, MEETING_SILENCE_MS, meetingError, type MeetingWanted } from './order';
import type { OpenerPorts } from './ports';

/** The log of the meeting that was begun, or why none was. */
export type MeetingBegun =
  | { readonly logId: string }
  | {
      readonly refused: {
        readonly code: 'RUN_NOT_FOUND' | 'VALIDATION_ERROR';
        readonly message: string;
        readonly field?: string;
      };
    };

/**
 * Begins a generated meeting about a run, in whatever state that is: earlier ones are deleted, and one that is on its way
 * stops (docs/contracts/decisions.md#audit-metrics-graphs-meetings).
 */
export async function openMeeting(wanted: MeetingWanted, ports: OpenerPorts): Promise<MeetingBegun> {
  const { workspace, runId, meeting } = wanted;
  const base = baseOf('run', runId);
  const place = base === undefined ? undefined : { workspace, base };
  const run = place && (await ports.store.run(place));
  if (!place || !run) return refused('RUN_NOT_FOUND', `There is no run '${runId.slice(0, 100)}'.`);
  if (meeting.issue_id !== run.issueId && meeting.issue_id !== run.id)
    return refused('VALIDATION_ERROR', 'issue_id must be the issue of this run, or the id of the run.', 'issue_id');
  const generation = await ports.meetings.beginGeneration(place);
  const logId = `${runId}-${generation}`;
  await transact(ports.db, [newLog(logId, workspace, ports)]);
  await ports.generate({ ...wanted, logId, generation });
  return { logId };
}

function newLog(id: string, workspace: string, { logs, clock }: OpenerPorts): Write {
  const now = clock.now();
  const lastWords = [meetingError('The meeting made no progress for 60 seconds and was ended', true)];
  const keptUntil = now + MEETING_LOG_KEPT_MS;
  const deadline = { idleMs: MEETING_SILENCE_MS, lastWords };
  return logs.created({ kind: MEETING_LOG, id, workspace, keptUntil, deadline }, [], now);
}

const refused = (code: 'RUN_NOT_FOUND' | 'VALIDATION_ERROR', message: string, field?: string): MeetingBegun => ({
  refused: { code, message, ...(field !== undefined && { field }) },
});
