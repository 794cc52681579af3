import type { StageConfig } from '../config';
import type { ApiStack } from '../stacks/api';
import { formula, type DashboardPart } from './dashboard-graph';
import { answeringByThemselves } from './front-alarms';
import { measured } from './stage-metrics';

/** What callers notice, beside what is promised to them (docs/operations.md#service-level-objectives). */
export function serviceLevel({ stage, objectives }: StageConfig, api: ApiStack): DashboardPart {
  const wait = (statistic: string) => measured(stage, 'RunQueueTime', { statistic, label: statistic });
  const count = (name: string) => measured(stage, name);
  return {
    title: 'Service level',
    inARow: 4,
    graphs: [
      {
        title: 'Requests not answered 5xx, percent',
        lines: [
          formula('not 5xx', '100 - 100 * FILL(bad, 0) / total', {
            bad: api.httpStage.metricServerError({ statistic: 'Sum' }),
            total: api.httpStage.metricCount(),
          }),
        ],
        promised: objectives?.requestsPercent,
      },
      {
        title: 'Answers without user code, p90, ms',
        lines: answeringByThemselves(api).map((service) =>
          measured(stage, 'Latency', { service, statistic: 'p90', label: service }),
        ),
      },
      {
        title: 'From request to sandbox, ms',
        lines: [wait('p50'), wait('p99')],
        promised: objectives?.startsWithinMs,
      },
      {
        title: 'Runs not ended by us, percent',
        // Of counts: unlike the samples of a duration they stand for the runs that left no line.
        lines: [
          formula(
            'not by us',
            '100 - 100 * FILL(ours, 0) / (FILL(done, 0) + FILL(failed, 0) + FILL(cancelled, 0) + FILL(ours, 0))',
            {
              done: count('RunsCompleted'),
              failed: count('RunsFailed'),
              cancelled: count('RunsCancelled'),
              ours: count('RunsPlatformError'),
            },
          ),
        ],
        promised: objectives?.runsPercent,
      },
    ],
  };
}
