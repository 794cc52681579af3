import { MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { StageConfig } from '../config';
import type { EngineStack } from '../stacks/engine';
import { FIVE_MINUTES, percent, sum, TWICE, type AlarmSpec } from './alarm-spec';
import { measured, runsEnded } from './stage-metrics';

/** Below so many runs in a period, a percentile of them says nothing. */
const FEW_RUNS = 20;

/** What calls for somebody on the way of a run. */
export const engineAlarms = (engine: EngineStack, config: StageConfig): AlarmSpec[] => [
  ...workerAlarms(engine),
  ...faultAlarms(config),
  ...waitAlarms(engine, config),
];

/** Of runs that we failed, and of why. */
const faultAlarms = (config: StageConfig): AlarmSpec[] => [
  {
    name: 'platform-errors',
    meaning: 'More than one run in a hundred ended as PLATFORM_ERROR, and three or more did.',
    metric: percent(
      'Runs ended by us, percent',
      { bad: measured(config.stage, 'RunsPlatformError'), all: runsEnded(config) },
      { bad: 3 },
    ),
    above: 1,
  },
  {
    name: 'runs-lost',
    meaning: 'Sandboxes or workers died under their runs.',
    metric: sum('lost', [measured(config.stage, 'SandboxLost'), measured(config.stage, 'WorkerLost')]),
    above: 2,
  },
  {
    name: 'sandboxes-throttled',
    meaning: 'Lambda refuses sandboxes: runs wait, and some are given up.',
    metric: sum('refused', [measured(config.stage, 'SandboxThrottled'), measured(config.stage, 'SandboxRefused')]),
    above: 20,
  },
];

/** Of how long runs wait. */
const waitAlarms = (engine: EngineStack, { stage }: StageConfig): AlarmSpec[] => [
  {
    name: 'queue-age',
    meaning: 'Runs wait longer than half a minute in the queue of the runner.',
    metric: engine.runner.metric('AsyncEventAge', { statistic: 'Average', period: FIVE_MINUTES }),
    above: 30_000,
    periods: TWICE,
  },
  {
    name: 'slow-starts',
    meaning: 'One run in a hundred waits ten seconds or longer for its sandbox.',
    metric: new MathExpression({
      label: 'From request to sandbox, p99, ms',
      expression: `IF(runs >= ${FEW_RUNS}, wait, 0)`,
      usingMetrics: {
        wait: measured(stage, 'RunQueueTime', { statistic: 'p99' }),
        runs: measured(stage, 'RunQueueTime', { statistic: 'SampleCount' }),
      },
      period: FIVE_MINUTES,
    }),
    above: 10_000,
    periods: TWICE,
  },
];

/** Of the functions themselves. */
const workerAlarms = (engine: EngineStack): AlarmSpec[] => [
  {
    name: 'runs-not-executed',
    meaning: 'Runs were given up after all tries of the runner; they end as PLATFORM_ERROR.',
    metric: engine.runnerDeadLetters.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES }),
  },
  {
    name: 'runner-errors',
    meaning: 'The runner fails often; Lambda repeats, so that callers see delays first.',
    metric: engine.runner.metricErrors({ period: FIVE_MINUTES }),
    above: 5,
    periods: TWICE,
  },
  {
    name: 'reaper-errors',
    meaning: 'The reaper failed: its queue holds what it was called with.',
    metric: engine.reaperDeadLetters.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES }),
  },
  {
    name: 'reaper-silent',
    meaning: 'The reaper does not run every minute: lost runs stay open.',
    metric: engine.reaper.metricInvocations({ period: FIVE_MINUTES }),
    below: 1,
    periods: { bad: 2, of: 2 },
    missing: TreatMissingData.BREACHING,
  },
];
