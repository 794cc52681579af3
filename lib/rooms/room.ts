import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { RouteTable } from '../../lambdas/platform/route';
import type { StageConfig } from '../config';
import type { Asset } from '../bundle/assets';
import type { BuildsStack } from '../stacks/builds';
import type { DataStack } from '../stacks/data';
import type { EngineStack } from '../stacks/engine';
import type { FunctionsStack } from '../stacks/functions';

/** What a room stands on. */
export interface Ground {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly engine: EngineStack;
  readonly builds: BuildsStack;
  readonly functions: FunctionsStack;
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
  /** Files that its function sends as they are. */
  readonly assets?: readonly Asset[];
  /** Findings of cdk-nag on its role, with the reason for each. */
  readonly accepted?: readonly { readonly rule: string; readonly reason: string }[];
  /** true: it also answers what no room owns. */
  readonly catchAll?: boolean;
}
