import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { RUNTIMES } from '../../lambdas/platform/runtimes';
import { SandboxFunction, sandboxFunctionName, sandboxId } from './sandbox-function';
import { SandboxNetwork } from './sandbox-network';

/** The sandbox functions of a stage: one for each runtime and memory tier. */
export class SandboxFleet extends Construct {
  /** Absent where user code may reach the internet. */
  readonly network: SandboxNetwork | undefined;
  readonly lambdas: readonly IFunction[];
  /** Their names, as text: other stacks use these, so that a tier may go without asking them first (ADR 0011). */
  readonly names: readonly string[];
  /** By runtime: memory in MiB and function name, ascending (docs/architecture.md, `NARAE_SANDBOXES`). */
  readonly directory: Readonly<Record<string, readonly (readonly [number, string])[]>>;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly config: StageConfig; readonly key: IKey; readonly bucket: Bucket },
  ) {
    super(scope, id);
    const { config, key, bucket } = props;
    this.network = config.network === 'none' ? new SandboxNetwork(this, 'Network', { config, key, bucket }) : undefined;
    const { network } = this;
    const fleet = RUNTIMES.map((runtime) => {
      const tiers = config.memoryTiersMb.map((memoryMb) => {
        const props = { config, key, runtime, memoryMb, network };
        const { lambda } = new SandboxFunction(this, sandboxId(runtime, memoryMb), props);
        return { memoryMb, lambda };
      });
      return { runtime, tiers };
    });
    this.lambdas = fleet.flatMap(({ tiers }) => tiers.map(({ lambda }) => lambda));
    this.names = RUNTIMES.flatMap((runtime) =>
      config.memoryTiersMb.map((memoryMb) => sandboxFunctionName(config.stage, runtime, memoryMb)),
    );
    this.directory = Object.fromEntries(
      fleet.map(({ runtime, tiers }) => [runtime.name, tiers.map((tier) => [tier.memoryMb, tier.lambda.functionName])]),
    );
  }
}
