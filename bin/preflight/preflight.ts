import { LambdaClient } from '@aws-sdk/client-lambda';
import type { StageConfig } from '../../lib/config';
import { RUNTIMES } from '../../lambdas/platform/runtimes';
import { CALLS } from '../../lambdas/platform/aws/calls';
import { accountOf, standingOf } from './account';
import { judge } from './judge';

/**
 * Asks the account whether the stage fits into it, and says what does not.
 * @returns whether it may be deployed
 */
export async function preflight(config: StageConfig, say: (line: string) => void): Promise<boolean> {
  const lambda = new LambdaClient({ ...CALLS, region: config.region });
  try {
    const account = await accountOf(lambda);
    const standing = await standingOf(lambda, config.stage);
    const sandboxes = config.memoryTiersMb.length * RUNTIMES.length;
    const planned = { runs: config.maxConcurrentRuns, viewers: config.maxViewers, sandboxes };
    const findings = judge(account, planned, standing);
    say(
      `Lambda in ${config.region}: ${account.executions} executions at the same time, ${account.unreserved} not reserved.`,
    );
    for (const { kind, text } of findings) say(`${kind === 'stop' ? 'STOP' : 'note'}: ${text}`);
    return findings.every(({ kind }) => kind !== 'stop');
  } finally {
    lambda.destroy();
  }
}
