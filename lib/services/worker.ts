import { CfnOutput, Duration, type Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  folderOf,
  workerFunctionName,
  type ServiceManifest,
  type WorkerManifest,
} from '../../lambdas/platform/manifest';
import { deadLetterQueue } from '../constructs/dead-letter-queue';
import { sendFailedInvokes } from '../constructs/failed-invokes';
import { acknowledgeApps, acknowledgeRegistryToken } from '../constructs/iam-statements';
import { acknowledgeProfile, asksAnywhere } from '../constructs/models';
import { PlatformFunction } from '../constructs/platform-function';
import type { Callable, ServiceDependencies } from './dependencies';
import { environmentOf, namesApps, statementsOf } from './needs';

/** A function that works for a service, and what its trigger needs. */
export interface Worker {
  readonly lambda: IFunction;
  /** Of a worker whose trigger is `event`. */
  readonly deadLetters: Queue | undefined;
  /** true: nobody waits for it, so that its failures are an alarm's to tell. */
  readonly background: boolean;
}

/** Constructs stand in the stack itself, by names that logical ids are made of. */
export function addWorker(
  stack: Stack,
  service: ServiceManifest,
  worker: WorkerManifest,
  ground: ServiceDependencies & { readonly callable: Callable },
): Worker {
  const { config, data, callable } = ground;
  const { trigger, needs } = worker;
  const id = worker.deployedAs?.construct ?? capitalized(worker.name);
  const deadLetters = trigger.by === 'event' ? deadLetterQueue(stack, `${id}DeadLetters`, data.key) : undefined;
  const needy = { service: service.name, needs, callable, deadLetters };
  const { lambda } = new PlatformFunction(stack, id, {
    config,
    data,
    name: workerFunctionName(service, worker),
    description: worker.description,
    entry: `${folderOf(service)}/${worker.name}.lambda.ts`,
    memoryMb: worker.memoryMb,
    timeout: Duration.seconds(worker.timeoutSeconds),
    environment: environmentOf(needy, ground),
    access: statementsOf(needy, ground),
  });
  if (namesApps(needs)) acknowledgeApps(lambda.role ?? lambda, ground.engine.apps);
  if (needs.images) acknowledgeRegistryToken(lambda.role ?? lambda);
  if (asksAnywhere(needs, config)) acknowledgeProfile(lambda.role ?? lambda, config);
  if (trigger.by === 'event' && deadLetters) {
    const maxAge = Duration.minutes(trigger.maxAgeMinutes);
    sendFailedInvokes(lambda, { of: lambda, to: deadLetters, retries: trigger.retries, maxAge });
    if (trigger.schedule)
      new Rule(stack, `${id}Schedule`, {
        description: trigger.schedule.description,
        schedule: Schedule.rate(Duration.minutes(trigger.schedule.everyMinutes)),
        targets: [new LambdaTarget(lambda)],
      });
    new CfnOutput(stack, `${id}FunctionName`, { value: lambda.functionName });
  }
  return { lambda, deadLetters, background: trigger.by !== 'request' };
}

/** `night-cleaner` is `NightCleaner`. */
const capitalized = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
