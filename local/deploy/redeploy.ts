import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { clientConfig } from '../aws';
import type { Progress } from '../cli/progress';
import { messageOf } from '../process/errors';
import type { RunningSystem } from '../system/system';
import { watchSources } from './watch';

/** Deploys again whenever the sources change, and tells what came of it. @returns what ends it */
export function redeployOnChange(root: string, { facts, deployment, refresh }: RunningSystem, progress: Progress) {
  progress.line('  Watching bin, lib, lambdas and stages for changes.');
  return watchSources({
    root,
    onChange: async (files) => {
      const more = files.length > 1 ? ` and ${files.length - 1} more` : '';
      try {
        const before = await codeOfFunctions(facts.awsEndpoint);
        await progress.step(`Deploying ${files[0] ?? ''}${more}`, (detail) => deployment.deploy(detail));
        await refresh();
        const after = await codeOfFunctions(facts.awsEndpoint);
        const changed = [...after].filter(([name, sha]) => before.get(name) !== sha).map(([name]) => name);
        progress.line(changed.length > 0 ? `  New code: ${changed.join(', ')}` : '  No function has new code.');
      } catch (error) {
        // A mistake in a source is what one watches for: the old deployment serves on.
        progress.line(`  ! ${messageOf(error)}`);
      }
    },
  });
}

async function codeOfFunctions(awsEndpoint: string): Promise<Map<string, string>> {
  const client = new LambdaClient(clientConfig(awsEndpoint));
  try {
    const code = new Map<string, string>();
    for await (const page of paginateListFunctions({ client }, {})) {
      for (const { FunctionName = '', CodeSha256 = '' } of page.Functions ?? []) code.set(FunctionName, CodeSha256);
    }
    return code;
  } finally {
    client.destroy();
  }
}
