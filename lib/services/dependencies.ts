import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { ServiceManifest } from '../../lambdas/platform/manifest';
import type { StageConfig } from '../config';
import type { DataStack } from '../stacks/data';
import type { EngineStack } from '../stacks/engine';

/** What every service stands on. */
export interface ServiceDependencies {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly engine: EngineStack;
  readonly services: readonly ServiceManifest[];
}

/** What a function may call, by the names that manifests have for it. */
export interface Callable {
  readonly functions: ReadonlyMap<string, IFunction>;
  readonly machines: ReadonlyMap<string, IStateMachine>;
}

/** @throws Error where nothing has the name: of `whose` manifest it is a mistake */
export function called<T>(all: ReadonlyMap<string, T>, name: string, whose: string): T {
  const found = all.get(name);
  if (found === undefined)
    throw new Error(`The manifest of ${whose} names '${name}'. Known are: ${[...all.keys()].join(', ') || 'none'}.`);
  return found;
}
