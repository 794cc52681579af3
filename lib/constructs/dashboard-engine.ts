import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { ServiceStack } from '../stacks/service';
import type { ApiStack } from '../stacks/api';
import type { EngineStack } from '../stacks/engine';
import { CONCURRENT_EXECUTIONS } from './account-alarms';
import { formula, type DashboardPart, type Graph } from './dashboard-graph';
import { measured } from './stage-metrics';

const OUTCOMES = ['RunsCompleted', 'RunsFailed', 'RunsCancelled', 'RunsPlatformError'] as const;
const FAULTS = [
  'SandboxLost',
  'SandboxRefused',
  'SandboxThrottled',
  'WorkerLost',
  'WorkerRefused',
  'RunReturned',
] as const;

export interface EngineInOperation {
  readonly engine: EngineStack;
  readonly api: ApiStack;
  readonly serviceStacks: ReadonlyMap<string, ServiceStack>;
}

/** The way of a run from request to sandbox, and where it ends on the way. */
export function engineAtWork(stage: string, { engine, api, serviceStacks }: EngineInOperation): DashboardPart {
  const { runner, stream } = engine;
  const counts = (title: string, names: readonly string[]): Graph => ({
    title,
    lines: names.map((name) => measured(stage, name, { label: name })),
    stacked: true,
  });
  return {
    title: 'Engine',
    inARow: 3,
    graphs: [
      {
        title: 'Concurrent executions',
        lines: [
          CONCURRENT_EXECUTIONS.with({ label: 'account' }),
          formula('quota', 'SERVICE_QUOTA(account)', { account: CONCURRENT_EXECUTIONS }),
          runner.metric('ConcurrentExecutions', { statistic: 'Maximum', label: 'runs' }),
          stream.metric('ConcurrentExecutions', { statistic: 'Maximum', label: 'streams' }),
        ],
      },
      counts('Runs by outcome', OUTCOMES),
      counts('Cold starts', ['RunColdStarts']),
      counts('Faults by kind', FAULTS),
      {
        title: 'Runner: orders and failures',
        lines: [runner.metricInvocations({ label: 'orders' }), runner.metricErrors({ label: 'failures' })],
      },
      { title: 'Dead letters', lines: queues(engine, serviceStacks).map(waiting) },
      {
        title: 'Streams',
        lines: [stream.metricInvocations({ label: 'opened' }), stream.metricErrors({ label: 'broken off' })],
      },
      {
        title: 'Requests',
        lines: [
          api.httpStage.metricCount({ label: 'all' }),
          api.httpStage.metricClientError({ label: '4xx', statistic: 'Sum' }),
          api.httpStage.metricServerError({ label: '5xx', statistic: 'Sum' }),
        ],
      },
      {
        title: 'Services: time, p99, ms',
        lines: [...api.functions].map(([label, lambda]) => lambda.metricDuration({ statistic: 'p99', label })),
      },
    ],
  };
}

/** Queues of what was given up, by whose it is. */
const queues = (
  { runnerDeadLetters, reaperDeadLetters }: EngineStack,
  serviceStacks: ReadonlyMap<string, ServiceStack>,
): [string, Queue][] => [
  ['runner', runnerDeadLetters],
  ['reaper', reaperDeadLetters],
  ...[...serviceStacks.values()].flatMap(({ workers }) =>
    [...workers].flatMap(([name, { deadLetters }]): [string, Queue][] => (deadLetters ? [[name, deadLetters]] : [])),
  ),
];

const waiting = ([label, queue]: [string, Queue]) => queue.metricApproximateNumberOfMessagesVisible({ label });
