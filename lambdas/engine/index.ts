/**
 * What services may use of the engine; they import nothing else of it (`npm run check:imports`). Route tables and what
 * tools read import `./contract`, which runs nothing.
 */

// A run and what it is asked for.
export { isTerminal, publicUsage, Run, wallMs } from './run/run';
export { Bundle } from './run/order';
export { ServiceRuns } from './run/service-runs';
export { INLINE_INPUT_BYTES, LIMITS, openAtMostMs } from './run/limits';
export { envNameProblem } from './run/environment';
export { utf8Bytes, WELL_FORMED } from './run/text-rules';
export { faultOf, neverRan, platformError } from './run/fault';
export {
  chunkPartition,
  ENDED_BY_OWNER,
  ENDED_BY_ROOM,
  endedOfOwner,
  endedOfService,
  runKey,
  timeOfRun,
} from './run/run-keys';

// Starting, calling, ending and finding runs.
export type { RecordSpec, RunSpec } from './lifecycle/prepare-run';
export { lambdaDispatch, type StartPorts, startRun } from './lifecycle/start-run';
export { type Call, type CallPorts, callRun, lambdaCall } from './lifecycle/call-run';
export { CANCELLED, type EndPorts, endRun } from './lifecycle/end-run';
export { reapIfOverdue } from './lifecycle/reap';
export { type FindForPorts, findRun, findRunFor } from './lifecycle/find-run';
export { claim, mayHaveStarted } from './lifecycle/claim';
export { beginOwnRun, endOwnRun, type OwnOutcome, recordExternalCall } from './lifecycle/external-call';
export { reportEnd } from './lifecycle/report-end';
export { reportFault } from './lifecycle/report-fault';

// What came of them.
export type { PublicEvent } from './events/event';
export type { LoggedEvent, NewEvent } from './events/logged-event';
export { type Answer, answerPreview, previewOf, readAnswer, SHOWN_BYTES, storedAnswer } from './events/http-answer';
export { publicResult } from './events/public-result';
export { eventsAfter, type ReadPorts, resultOf } from './store/read-run';
export { CPU_METRIC, ExportedLine, METRICS_NAMESPACE, OWNER_DIMENSION } from './export/export-format';

// Where all of it is kept.
export { CompanionConflict, type CompanionWrites, RunStore } from './store/run-store';
export { isOverdue, type Log, LogStore, type NewLog } from './store/log-store';
export { type EndedPartition, RunIndex } from './store/run-index';
export { type RunCounts, runCountsPartition, readRunCounts } from './store/run-counters';
export { type HasOwner, ownerKey, ownersIn } from './store/owners';
export { Blobs } from './store/blobs';
export { Envelope, Sealed } from './store/envelope';
export { SourceStore } from './store/source-store';
