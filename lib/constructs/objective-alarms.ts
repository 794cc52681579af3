import { Duration } from 'aws-cdk-lib';
import { AlarmRule, CompositeAlarm, MathExpression, type IAlarm, type IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Objectives, StageConfig } from '../config';
import type { ApiStack } from '../stacks/api';
import { percent, type AlarmSpec } from './alarm-spec';
import { alarmName, describe, stageAlarm } from './stage-alarm';
import { measured, runsEnded } from './stage-metrics';

/**
 * Burn rates: how many times as fast as it may the error budget of 30 days is spent. Each is looked at over two windows: the
 * long one says that it matters, the short one that it goes on (docs/adr/0035-alarms-and-objectives.md).
 */
const BURNS = [
  {
    name: 'budget-burns-fast',
    meaning: 'An error budget of 30 days is gone in two days at this rate; 2 % of it went within the hour.',
    rate: 14.4,
    windows: { long: Duration.hours(1), short: Duration.minutes(5) },
  },
  {
    name: 'budget-burns-slowly',
    meaning: 'An error budget of 30 days is gone in five days at this rate; 5 % of it went within six hours.',
    rate: 6,
    windows: { long: Duration.hours(6), short: Duration.minutes(30) },
  },
] as const;
type Burn = (typeof BURNS)[number];
type Window = keyof Burn['windows'];

/** So many failures, or so many runs, are in a long window before it says anything. */
const FEW_FAILURES = 5;
const FEW_RUNS = 20;

export interface ObjectiveAlarmsProps {
  readonly config: StageConfig;
  readonly objectives: Objectives;
  readonly api: ApiStack;
  readonly actions: readonly IAlarmAction[];
}

/**
 * Service level objectives: two alarms that tell somebody, each over all objectives, made of alarms that tell nobody: an
 * alarm that looks at others costs as much as five.
 */
export class ObjectiveAlarms extends Construct {
  /** Those that tell somebody. */
  readonly alarms: readonly IAlarm[];

  constructor(scope: Construct, id: string, { config, objectives, api, actions }: ObjectiveAlarmsProps) {
    super(scope, id);
    const { stage } = config;
    this.alarms = BURNS.map((burn) => {
      const pairs = ratios(burn, objectives, config, api).map(({ name, over }) =>
        (['long', 'short'] as const).map((window) => {
          const spec = {
            ...over(window),
            name: `${name}-${burn.windows[window].toIsoString().slice(2).toLowerCase()}`,
          };
          return stageAlarm(this, stage, spec, { actions: [], chapter: burn.name });
        }),
      );
      return this.#composite(burn, pairs, stage, actions);
    });
  }

  #composite(burn: Burn, pairs: readonly IAlarm[][], stage: string, actions: readonly IAlarmAction[]): CompositeAlarm {
    const composite = new CompositeAlarm(this, burn.name, {
      compositeAlarmName: alarmName(stage, burn.name),
      alarmDescription: describe(burn.meaning, burn.name),
      // By name: a reader of the rule finds the alarms it is about.
      alarmRule: AlarmRule.fromString(
        pairs
          .map((pair) => `(${pair.map(({ node }) => `ALARM("${alarmName(stage, node.id)}")`).join(' AND ')})`)
          .join(' OR '),
      ),
    });
    composite.node.addDependency(...pairs.flat());
    composite.addAlarmAction(...actions);
    return composite;
  }
}

interface Ratio {
  readonly name: string;
  readonly over: (window: Window) => Omit<AlarmSpec, 'name'>;
}

/** What is promised, and when the budget for breaking it burns at the rate. */
function ratios(
  { rate, windows }: Burn,
  objectives: Objectives,
  config: StageConfig,
  { httpStage }: ApiStack,
): Ratio[] {
  /** Percent that may go wrong at this rate. */
  const above = (objective: number) => round(rate * (100 - objective));
  const atLeast = (window: Window) => (window === 'long' ? { bad: FEW_FAILURES } : {});
  const { requestsPercent, runsPercent, startsPercent, startsWithinMs } = objectives;
  return [
    {
      name: 'requests-objective',
      over: (window) => ({
        meaning: `More than ${above(requestsPercent)} % of requests were answered 5xx.`,
        metric: percent(
          '5xx, percent',
          { bad: httpStage.metricServerError({ statistic: 'Sum' }), all: httpStage.metricCount() },
          atLeast(window),
          windows[window],
        ),
        above: above(requestsPercent),
      }),
    },
    {
      name: 'runs-objective',
      over: (window) => ({
        meaning: `More than ${above(runsPercent)} % of runs ended as PLATFORM_ERROR.`,
        metric: percent(
          'Runs ended by us, percent',
          { bad: measured(config.stage, 'RunsPlatformError'), all: runsEnded(config, windows[window]) },
          atLeast(window),
          windows[window],
        ),
        above: above(runsPercent),
      }),
    },
    {
      name: 'starts-objective',
      over: (window) => ({
        meaning: `More than ${above(startsPercent)} % of runs waited longer than ${startsWithinMs} ms for a sandbox.`,
        metric: late(config.stage, 100 - above(startsPercent), window, windows[window]),
        above: startsWithinMs,
      }),
    },
  ];
}

/** That more than x percent wait too long is the same as that the percentile of 100 - x does. */
function late(stage: string, percentile: number, window: Window, period: Duration) {
  const wait = measured(stage, 'RunQueueTime', { statistic: `p${round(percentile)}`, period });
  if (window === 'short') return wait;
  return new MathExpression({
    label: `Start, p${round(percentile)}, ms`,
    expression: `IF(runs >= ${FEW_RUNS}, wait, 0)`,
    usingMetrics: { wait, runs: measured(stage, 'RunQueueTime', { statistic: 'SampleCount', period }) },
    period,
  });
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;
