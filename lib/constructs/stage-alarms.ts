import { Alarm, ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic, type ITopic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import type { ApiStack } from '../stacks/api';
import type { EngineStack } from '../stacks/engine';
import { backgroundAlarm, serviceAlarms, type ServicesInOperation } from './service-alarms';
import { FIVE_MINUTES, sumOver, type AlarmSpec } from './alarm-spec';

/** The stage's alarms. Each names its chapter of the runbook; a dollar a year and metric, so only what asks for somebody. */
export class StageAlarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(
    scope: Construct,
    id: string,
    props: ServicesInOperation & { readonly config: StageConfig; readonly engine: EngineStack },
  ) {
    super(scope, id);
    const { config, engine, api } = props;
    const topics = this.#topics(config);
    const specs = [
      ...engineAlarms(engine),
      ...frontAlarms(engine, api),
      ...backgroundAlarm(props),
      ...serviceAlarms(props),
    ];
    this.alarms = specs.map((spec) => {
      const alarm = this.#alarm(config.stage, spec);
      for (const topic of topics) alarm.addAlarmAction(new SnsAction(topic));
      return alarm;
    });
  }

  #topics({ alarmTopicArn, alarmEmail }: StageConfig): ITopic[] {
    const given = alarmTopicArn === undefined ? [] : [Topic.fromTopicArn(this, 'Topic', alarmTopicArn)];
    if (alarmEmail === undefined) return given;
    // Alarms say which metric was where: nothing that a caller sent. CloudWatch could not use a key of AWS's own for SNS.
    const own = new Topic(this, 'Mail', { displayName: 'Narae alarms', enforceSSL: true });
    own.addSubscription(new EmailSubscription(alarmEmail));
    return [...given, own];
  }

  #alarm(stage: string, spec: AlarmSpec): Alarm {
    const { bad, of } = spec.periods ?? { bad: 1, of: 1 };
    return new Alarm(this, spec.name, {
      alarmName: `narae-${stage}-${spec.name}`,
      alarmDescription: `${spec.meaning} What to do: docs/runbook.md#${spec.name}`,
      metric: spec.metric,
      threshold: spec.below ?? spec.above ?? 0,
      comparisonOperator:
        spec.below === undefined ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: of,
      datapointsToAlarm: bad,
      treatMissingData: spec.missing ?? TreatMissingData.NOT_BREACHING,
    });
  }
}

const engineAlarms = (engine: EngineStack): AlarmSpec[] => [
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
    periods: { bad: 2, of: 3 },
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

const frontAlarms = (engine: EngineStack, api: ApiStack): AlarmSpec[] => [
  {
    name: 'api-server-errors',
    meaning: 'More than one request in a hundred is answered 5xx.',
    metric: serverErrorPercent(api),
    above: 1,
    periods: { bad: 2, of: 3 },
  },
  {
    name: 'stream-errors',
    meaning: 'Streams break off: clients reconnect, but they see it.',
    metric: engine.stream.metricErrors({ period: FIVE_MINUTES }),
    above: 5,
    periods: { bad: 2, of: 3 },
  },
  {
    name: 'functions-throttled',
    meaning: 'The account or a function is at its limit of concurrent executions.',
    metric: sumOver([engine.runner, engine.stream, ...api.functions.values()], 'throttled', (fn) =>
      fn.metricThrottles(),
    ),
    above: 10,
    periods: { bad: 2, of: 3 },
  },
];

/** Percent; a quiet period with a single failure is not an alarm. */
const serverErrorPercent = ({ httpStage }: ApiStack): MathExpression =>
  new MathExpression({
    label: '5xx, percent',
    expression: 'IF(requests > 20, 100 * failed / requests, 0)',
    usingMetrics: { failed: httpStage.metricServerError({ statistic: 'Sum' }), requests: httpStage.metricCount() },
    period: FIVE_MINUTES,
  });
