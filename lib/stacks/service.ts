import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../lambdas/platform/manifest';
import { EXTENSIONS } from '../services/extensions';
import type { Callable, ServiceDependencies } from '../services/dependencies';
import { addWorker, type Worker } from '../services/worker';

export interface ServiceStackProps extends StackProps, ServiceDependencies {
  readonly service: ServiceManifest;
}

/** What works behind a service's API: the workers of its manifest, and what its extension adds. */
export class ServiceStack extends Stack {
  readonly workers: ReadonlyMap<string, Worker>;
  /** What the service's API may call of it. */
  readonly callable: Callable;
  /** Functions for which nobody waits. */
  readonly background: readonly IFunction[];

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { service } = props;
    const made = new Map<string, Worker>();
    for (const worker of service.workers ?? []) {
      const before = [...made].map(([name, { lambda }]) => [name, lambda] as const);
      const functions = new Map([...engineFunctions(props), ...before]);
      const callable = { functions, machines: new Map<string, IStateMachine>() };
      made.set(worker.name, addWorker(this, service, worker, { ...props, callable }));
    }
    this.workers = made;
    const extended = EXTENSIONS.get(service.name)?.(this, props, this.workers);
    const workers = [...this.workers];
    this.callable = {
      functions: new Map(workers.map(([name, { lambda }]) => [name, lambda])),
      machines: extended?.machines ?? new Map<string, IStateMachine>(),
    };
    this.background = [
      ...workers.flatMap(([, { lambda, background }]) => (background ? [lambda] : [])),
      ...(extended?.background ?? []),
    ];
  }
}

export const hasStack = ({ name, workers = [] }: ServiceManifest): boolean =>
  workers.length > 0 || EXTENSIONS.has(name);

/** What any function may name beside the workers of its service. */
export const engineFunctions = ({ engine }: Pick<ServiceDependencies, 'engine'>): Map<string, IFunction> =>
  new Map([['runner', engine.runner]]);
