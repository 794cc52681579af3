import { Duration, Size } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Language } from '../../lambdas/platform/runtimes';
import { DEPLOYMENTS } from '../../lambdas/platform/runtimes/deployment';
import type { StageConfig } from '../config';
import { functionPackage } from '../bundle/function-package';
import { acknowledge } from './acknowledge';
import { functionRole } from './function-role';
import { managedRuntime } from './managed-runtime';
import { QUIET_LOGS, StageLogGroup } from './stage-log-group';

export interface InstallerFunctionProps {
  readonly config: StageConfig;
  readonly key: IKey;
  readonly language: Language;
  readonly timeoutSeconds: number;
}

/**
 * Resolves and installs packages of others, on the runtime of the sandboxes, so that what fits here fits there. It runs none
 * of their code (wheels only, no install scripts), has no rights but to write its log, and puts what it made to the one
 * address that its order names.
 */
export class InstallerFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, { config, key, language, timeoutSeconds }: InstallerFunctionProps) {
    super(scope, id);
    const { lambdaRuntime, installer } = DEPLOYMENTS[language];
    const name = installerName(language);
    const logGroup = new StageLogGroup(this, 'Log', { config, key, name });
    const mirror = config.packageIndexes?.[language];
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: installerFunctionName(config.stage, language),
      description: `Installs packages for callbacks in ${language}`,
      runtime: managedRuntime(lambdaRuntime),
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(functionPackage(`installer-${language}`, installer)),
      handler: installer.handler,
      environment: {
        ...installer.environment,
        // What its children reach: on a laptop, all others reach nothing.
        NARAE_CHILD_NETWORK: 'packages',
        ...(mirror !== undefined && installer.indexVariables(mirror)),
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

const installerName = (language: Language): string => `library-installer-${language}`;

/** Fixed, so that other stacks can name an installer without importing it. */
export const installerFunctionName = (stage: string, language: Language): string =>
  `narae-${stage}-${installerName(language)}`;
