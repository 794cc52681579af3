import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  LegendPosition,
  Metric,
  type IAlarm,
  type IMetric,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import type { ApiStack } from '../stacks/api';
import type { EngineStack } from '../stacks/engine';

/** One page: alarms, then the way of a run from request to sandbox. */
export class StageDashboard extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly config: StageConfig;
      readonly engine: EngineStack;
      readonly api: ApiStack;
      readonly alarms: readonly IAlarm[];
    },
  ) {
    super(scope, id);
    const { config, engine, api, alarms } = props;
    const { httpStage } = api;
    const { runner, stream, runnerDeadLetters, reaperDeadLetters, sandboxes } = engine;
    new Dashboard(this, 'Dashboard', {
      dashboardName: `narae-${config.stage}`,
      defaultInterval: Duration.hours(6),
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 3 })],
        [
          graph('Requests', httpStage.metricCount(), httpStage.metricClientError(), httpStage.metricServerError()),
          graph(
            'API latency, ms',
            httpStage.metricLatency({ statistic: 'p50' }),
            httpStage.metricLatency({ statistic: 'p99' }),
          ),
          graph(
            'Services: time, p99, ms',
            ...[...api.functions.values()].map((one) =>
              one.metricDuration({ statistic: 'p99', label: one.functionName }),
            ),
          ),
        ],
        [
          graph('Runs started and failed by the platform', runner.metricInvocations(), runner.metricErrors()),
          graph('Runs at the same time', runner.metric('ConcurrentExecutions', { statistic: 'Maximum' })),
          graph('Sandbox invokes', ...sandboxes.names.map(invocations)),
        ],
        [
          graph('Streams', stream.metricInvocations(), stream.metricErrors()),
          graph('Open streams', stream.metric('ConcurrentExecutions', { statistic: 'Maximum' })),
          graph(
            'Dead letters',
            runnerDeadLetters.metricApproximateNumberOfMessagesVisible(),
            reaperDeadLetters.metricApproximateNumberOfMessagesVisible(),
          ),
        ],
      ],
    });
  }
}

/** By name: an import would keep a memory tier from being taken away (ADR 0011). */
const invocations = (functionName: string): IMetric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'Invocations',
    statistic: 'Sum',
    dimensionsMap: { FunctionName: functionName },
    label: functionName,
  });

const graph = (title: string, ...left: IMetric[]): IWidget =>
  new GraphWidget({ title, left, width: 8, height: 6, legendPosition: LegendPosition.BOTTOM });
