import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { StageConfig } from '../config';
import type { ApiStack } from '../stacks/api';
import type { EngineStack } from '../stacks/engine';
import { FIVE_MINUTES, percent, sumOver, TWICE, type AlarmSpec } from './alarm-spec';
import { measured } from './stage-metrics';

/**
 * Services that answer without waiting for user code or for what they begin. How long the gateway takes says nothing about us:
 * an invoke lasts as long as what it calls, up to 29 s.
 */
const ANSWER_BY_THEMSELVES = ['invocations', 'decisions'];

/** Those of them that the stage has: the latency of others says how long user code takes. */
export const answeringByThemselves = ({ functions }: ApiStack): string[] =>
  ANSWER_BY_THEMSELVES.filter((service) => functions.has(service));

/** Below so many requests in a period, a share or a percentile of them says nothing. */
const FEW_REQUESTS = 20;

/** What calls for somebody between the edge and the engine. */
export const frontAlarms = (engine: EngineStack, api: ApiStack, { stage }: StageConfig): AlarmSpec[] => [
  {
    name: 'api-server-errors',
    meaning: 'More than one request in a hundred is answered 5xx.',
    metric: percent(
      '5xx, percent',
      { bad: api.httpStage.metricServerError({ statistic: 'Sum' }), all: api.httpStage.metricCount() },
      { all: FEW_REQUESTS },
    ),
    above: 1,
    periods: TWICE,
  },
  {
    name: 'refusal-storm',
    meaning: 'More than half of many requests are answered 4xx.',
    metric: percent(
      '4xx, percent',
      { bad: api.httpStage.metricClientError({ statistic: 'Sum' }), all: api.httpStage.metricCount() },
      { all: 300 },
    ),
    above: 50,
    periods: TWICE,
  },
  {
    name: 'slow-answers',
    meaning: 'One answer in ten takes longer than a second where nobody waits for user code.',
    metric: slowest(stage, answeringByThemselves(api)),
    above: 1_000,
    periods: TWICE,
  },
  {
    name: 'stream-errors',
    meaning: 'Streams break off: clients reconnect, but they see it.',
    metric: engine.stream.metricErrors({ period: FIVE_MINUTES }),
    above: 5,
    periods: TWICE,
  },
  {
    name: 'functions-throttled',
    meaning: 'The account or a function is at its limit of concurrent executions.',
    metric: sumOver([engine.runner, engine.stream, ...api.functions.values()], 'throttled', (fn) =>
      fn.metricThrottles(),
    ),
    above: 10,
    periods: TWICE,
  },
];

const slowest = (stage: string, services: readonly string[]): MathExpression =>
  new MathExpression({
    label: 'Answers, p90, ms',
    expression: `MAX([${services.map((_, i) => `IF(requests${i} >= ${FEW_REQUESTS}, latency${i}, 0)`).join(', ')}])`,
    usingMetrics: Object.fromEntries(
      services.flatMap((service, i) => [
        [`latency${i}`, measured(stage, 'Latency', { service, statistic: 'p90' })],
        [`requests${i}`, measured(stage, 'Latency', { service, statistic: 'SampleCount' })],
      ]),
    ),
    period: FIVE_MINUTES,
  });
