import type { Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { ServiceDependencies } from './dependencies';
import type { Worker } from './worker';

/** What a service has beside functions, which no manifest can say. */
export interface Extended {
  /** By the name that its manifest has for it. */
  readonly machines: ReadonlyMap<string, IStateMachine>;
  /** Functions that work for it, unseen by callers. */
  readonly background: readonly IFunction[];
}

export type Extension = (stack: Stack, ground: ServiceDependencies, workers: ReadonlyMap<string, Worker>) => Extended;
