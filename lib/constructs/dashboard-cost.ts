import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { RUNTIMES } from '../../lambdas/platform/runtimes';
import type { StageConfig } from '../config';
import type { DataStack } from '../stacks/data';
import { FIVE_MINUTES } from './alarm-spec';
import { formula, ofFunction, type DashboardPart } from './dashboard-graph';
import { sandboxFunctionName, sandboxName } from './sandbox-function';
import { logGroupPrefix } from './stage-log-group';

export interface Spending {
  readonly config: StageConfig;
  readonly data: DataStack;
  /** Last parts of the names of our functions. */
  readonly functions: readonly string[];
}

/** What the bill is made of, by whom (docs/cost.md#prices-used). */
export function spending({ config, data, functions }: Spending): DashboardPart {
  const { stage } = config;
  const sandboxes = RUNTIMES.flatMap((runtime) => config.memoryTiersMb.map((memoryMb) => ({ runtime, memoryMb })));
  const nameOf = ({ runtime, memoryMb }: (typeof sandboxes)[number]) => sandboxName(runtime, memoryMb);
  const everyFunction = [...functions, ...sandboxes.map(nameOf)];
  return {
    title: 'Cost',
    inARow: 4,
    graphs: [
      {
        title: 'Lambda: invocations',
        lines: everyFunction.map((name) => ofFunction(`narae-${stage}-${name}`, 'Invocations').with({ label: name })),
        stacked: true,
      },
      {
        title: 'Sandboxes: about so many GB-seconds',
        // Without the starts of environments, which Lambda bills besides.
        lines: sandboxes.map((sandbox, i) =>
          formula(nameOf(sandbox), `ms${i} / 1000 * ${sandbox.memoryMb / 1_024}`, {
            [`ms${i}`]: ofFunction(sandboxFunctionName(stage, sandbox.runtime, sandbox.memoryMb), 'Duration'),
          }),
        ),
        stacked: true,
      },
      {
        title: 'Logs taken in, bytes',
        lines: everyFunction.map((name) => takenIn(logGroupPrefix(stage) + name, name)),
        stacked: true,
      },
      { title: 'DynamoDB: consumed units', lines: consumed(data), stacked: true },
    ],
  };
}

const takenIn = (LogGroupName: string, label: string): Metric =>
  new Metric({
    namespace: 'AWS/Logs',
    metricName: 'IncomingBytes',
    statistic: 'Sum',
    dimensionsMap: { LogGroupName },
    label,
    period: FIVE_MINUTES,
  });

const consumed = ({ runs, entities }: DataStack): Metric[] =>
  Object.entries({ runs, entities }).flatMap(([label, table]) => [
    table.metricConsumedReadCapacityUnits({ label: `${label}, reads` }),
    table.metricConsumedWriteCapacityUnits({ label: `${label}, writes` }),
  ]);
