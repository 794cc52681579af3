import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { RouteTable } from '../../lambdas/platform/route';
import type { BuildsStack } from '../stacks/builds';
import type { DataStack } from '../stacks/data';
import type { EngineStack } from '../stacks/engine';

/** What a room stands on. */
export interface Ground {
  readonly data: DataStack;
  readonly engine: EngineStack;
  readonly builds: BuildsStack;
}

/** One API family: the function `lambdas/<name>/api.lambda.ts` on the routes of its table. */
export interface Room {
  readonly name: string;
  readonly description: string;
  readonly routes: RouteTable;
  /** All its function may do, beside writing its own log. */
  readonly access: readonly PolicyStatement[];
  /** Beside what every function is given. */
  readonly environment?: Record<string, string>;
  /** true: it also answers what no room owns. */
  readonly catchAll?: boolean;
}
