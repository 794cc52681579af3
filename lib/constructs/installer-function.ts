import path from 'node:path';
import { Duration, Size } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { assemble } from '../bundle/assemble';
import { REPOSITORY } from '../bundle/bundle';
import { PINNED, pinnedNode, pinnedPython } from '../bundle/pinned';
import { acknowledge } from './acknowledge';
import { functionRole } from './function-role';
import { QUIET_LOGS, StageLogGroup } from './stage-log-group';

/** The run-times are those of the sandboxes, so that what fits here fits there. */
const INSTALLERS = {
  python: {
    runtime: Runtime.PYTHON_3_13,
    // Never called: the wrapper takes the place of the managed runtime, so that a laptop needs no copy of that.
    handler: 'installer.handler',
    environment: { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/serve' },
    indexes: (url: string) => ({ PIP_INDEX_URL: url, PIP_EXTRA_INDEX_URL: '' }),
    client: () => ({ from: pinnedPython(PINNED.pip), to: 'pip' }),
  },
  node: {
    runtime: Runtime.NODEJS_24_X,
    handler: 'installer.handler',
    environment: {},
    indexes: (url: string) => ({ npm_config_registry: url }),
    client: () => ({ from: pinnedNode(PINNED.npm), to: 'npm' }),
  },
} as const;

export interface InstallerFunctionProps {
  readonly config: StageConfig;
  readonly key: IKey;
  readonly language: keyof typeof INSTALLERS;
  readonly timeoutSeconds: number;
}

/**
 * Resolves and installs packages of others. It runs none of their code (wheels only, no install scripts), has no rights
 * but to write its log, and puts what it made to the one address that its order names.
 */
export class InstallerFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, { config, key, language, timeoutSeconds }: InstallerFunctionProps) {
    super(scope, id);
    const { runtime, handler, environment, indexes, client } = INSTALLERS[language];
    const name = `library-installer-${language}`;
    const logGroup = new StageLogGroup(this, 'Log', { config, key, name });
    const mirror = config.packageIndexes?.[language];
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: `narae-${config.stage}-${name}`,
      description: `Installs packages for callbacks in ${language}`,
      runtime,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(
        assemble(`installer-${language}`, path.join(REPOSITORY, 'lambdas/installer', language), [client()]),
      ),
      handler,
      environment: {
        ...environment,
        // What its children reach: on a laptop, all others reach nothing.
        NARAE_CHILD_NETWORK: 'packages',
        ...(mirror !== undefined && indexes(mirror)),
      },
      // One processor; unpacking and packing is most of the work.
      memorySize: 1792,
      // What is downloaded, what that unpacks to, and the bundle made of it.
      ephemeralStorageSize: Size.gibibytes(2),
      timeout: Duration.seconds(timeoutSeconds),
      role: functionRole(this, logGroup, []),
      logGroup,
      ...QUIET_LOGS,
    });
    acknowledge(
      this.lambda,
      'AwsSolutions-L1',
      'Packages are installed by the version of the language that will run them.',
    );
  }
}
