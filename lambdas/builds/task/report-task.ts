import { metricLine, type MetricValue } from '../../platform/metric-line';
import type { ObservedEnv } from '../../platform/telemetry';
import { writeLine } from '../../platform/write-line';
import type { Ending, TaskRecord } from './task';

/** Tells operators how a task has ended. Never throws. */
export type ReportTask = (task: TaskRecord, ending: Ending, now: number) => void;

/**
 * One structured line for each build and push that ends, in the log of whoever ended it, with the stage's metrics
 * `TasksCompleted`, `TasksFailed` and `TaskDuration` (milliseconds from its acceptance). What the tools printed, and where it
 * is published, does not stand in it.
 */
export const reportTask =
  (env: ObservedEnv, write: (line: string) => void = writeLine): ReportTask =>
  (task, ending, now) => {
    const failure = 'failure' in ending ? ending.failure : undefined;
    const metrics: Record<string, MetricValue> = {
      [failure ? 'TasksFailed' : 'TasksCompleted']: { value: 1 },
      TaskDuration: { value: Math.max(0, now - task.createdAt), unit: 'Milliseconds' },
    };
    const fields = {
      message: 'task ended',
      stage: env.NARAE_STAGE,
      version: env.NARAE_VERSION,
      taskId: task.id,
      workspace: task.workspace,
      kind: task.kind,
      target: task.target,
      outcome: failure ? 'failed' : 'completed',
      errorCode: failure?.code,
      // The step that it was at: the one that failed, where one did.
      step: task.stage,
    };
    write(JSON.stringify(metricLine({ at: now, dimensions: [['stage']], metrics, fields })));
  };
