import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CALLS } from '../../lambdas/platform/aws/calls';

/** What the edge read of an output, and where it read it. */
const READ = [
  { known: 'KnownApiId', stack: 'api', output: 'ApiId' },
  { known: 'KnownStreamHost', stack: 'engine', output: 'StreamHost' },
] as const;

/** @param region where the stage is @param edgeRegion where its edge is */
export interface Where {
  readonly stage: string;
  readonly region: string;
  readonly edgeRegion: string;
}

/**
 * What the edge knows of its origins and is not so any more. CloudFormation reads outputs of other stacks only when the
 * stack that reads is changed: an API that somebody deleted and deployed again is not noticed otherwise.
 */
export async function staleOrigins({ stage, region, edgeRegion }: Where): Promise<string[]> {
  const edge = await outputsOf(edgeRegion, `narae-${stage}-edge`);
  const stale: string[] = [];
  for (const { known, stack, output } of READ) {
    const is = (await outputsOf(region, `narae-${stage}-${stack}`))[output];
    if (is !== edge[known]) stale.push(`${output} is ${is ?? 'gone'}, and the edge knows ${edge[known] ?? 'none'}`);
  }
  return stale;
}

async function outputsOf(region: string, name: string): Promise<Readonly<Record<string, string | undefined>>> {
  const client = new CloudFormationClient({ ...CALLS, region });
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Object.fromEntries(
      (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey: key = '', OutputValue: value }) => [key, value]),
    );
  } finally {
    client.destroy();
  }
}
