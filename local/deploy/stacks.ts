import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { clientConfig } from '../aws';
import type { StackOutputs } from '../system/state-folder';

/** Stacks of the CDK app on this stage are named `narae-local-<part>`. */
export const stackName = (part: string) => `narae-local-${part}`;

/** Outputs of all stacks that are there. */
export async function readOutputs(awsEndpoint: string): Promise<StackOutputs> {
  const client = new CloudFormationClient(clientConfig(awsEndpoint));
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
    const outputs: Record<string, Record<string, string>> = {};
    for (const { StackName = '', StackStatus = '', Outputs = [] } of Stacks) {
      if (StackStatus.startsWith('DELETE')) continue;
      outputs[StackName] = Object.fromEntries(
        Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      );
    }
    return outputs;
  } finally {
    client.destroy();
  }
}

/** @throws Error where the stack or the output is not there. */
export function output(outputs: StackOutputs, part: string, name: string): string {
  const value = outputs[stackName(part)]?.[name];
  if (value === undefined) throw new Error(`The deployment has no output ${name} of ${stackName(part)}.`);
  return value;
}
