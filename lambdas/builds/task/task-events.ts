import { LIMITS, type Log, type LogStore, type NewEvent } from '../../engine';
import { cutToBytes } from '../../platform/text';
import { BUILD_LIMITS } from '../limits';
import { TIMED_OUT, type Ending, type TaskRecord } from './task';

/** Events of a task (docs/contracts/builds.md#events), in the log that the engine keeps and the stream sends. */

export const TASK_LOG = 'task';

type Status = TaskRecord['status'];

const statusEvent = (status: Status, stage: TaskRecord['stage']): NewEvent => ({
  event: 'STATUS',
  data: { status, payload: { status, stage } },
});

export const movedTo = (stage: TaskRecord['stage']): NewEvent => statusEvent('running', stage);

/** The last ones of a task. */
export function endingEvents(ending: Ending): NewEvent[] {
  const status = 'result' in ending ? 'completed' : 'failed';
  const outcome =
    'result' in ending
      ? { result: ending.result, error: null, error_code: null }
      : { result: null, error: ending.failure.message, error_code: ending.failure.code };
  return [
    statusEvent(status, 'finished'),
    { event: 'COMPLETE', data: { status, payload: { status, stage: 'finished', ...outcome } } },
  ];
}

/** The log of a new task; if nobody ends the task, the log ends by itself when its time is over. */
export const newTaskLog = (task: TaskRecord, logs: LogStore, keptUntil: number) =>
  logs.created(
    {
      kind: TASK_LOG,
      id: task.id,
      workspace: task.workspace,
      keptUntil,
      deadline: { at: task.deadlineAt, lastWords: endingEvents({ failure: TIMED_OUT }) },
    },
    [statusEvent(task.status, task.stage)],
    task.createdAt,
  );

const FULL = 'This log is full: further lines of this task are not kept.';

/** Lines of a step, as far as the log has room; after the one that fills it there is one that says so. */
export function lineEvents(lines: readonly string[], { bytes }: Pick<Log, 'bytes'>): NewEvent[] {
  const events: NewEvent[] = [];
  let left = BUILD_LIMITS.logBytes - bytes;
  for (const whole of lines.flatMap((text) => text.split(/\r\n|\r|\n/))) {
    if (left <= 0) break;
    const line = cutToBytes(whole.toWellFormed(), LIMITS.logLineBytes);
    const event = lineEvent(line, line.length < whole.length);
    left -= Buffer.byteLength(JSON.stringify(event));
    events.push(event);
    if (left <= 0) events.push(lineEvent(FULL, false));
  }
  return events;
}

const lineEvent = (line: string, cut: boolean): NewEvent => ({
  event: 'LOG',
  data: { line, payload: { line, stream: 'stdout', ...(cut && { truncated: true }) } },
});
