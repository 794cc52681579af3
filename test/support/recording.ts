import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient, paginateListStackResources, paginateListStacks } from '@aws-sdk/client-cloudformation';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';

/**
 * What the systems of a test run asked of AWS is kept in the folder that NARAE_TEST_RECORDINGS names, one folder each:
 * `calls.jsonl` (local/recording/recorded-call.ts), the templates as they were deployed, and `physical-ids.json`.
 */
export const RECORDED = { calls: 'calls.jsonl', physicalIds: 'physical-ids.json' } as const;

export interface Recording {
  /** What the system is to be started with. */
  readonly settings: Readonly<Record<string, string>>;
  /** Keeps beside the calls what they are judged by; the system must still run. */
  keepStacks(stateDir: string): Promise<void>;
}

/** undefined where nobody asked for recordings. */
export async function recordingOf(name: string): Promise<Recording | undefined> {
  const root = process.env['NARAE_TEST_RECORDINGS'];
  if (root === undefined) return undefined;
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  return {
    settings: { NARAE_RECORD_CALLS: join(folder, RECORDED.calls) },
    keepStacks: async (stateDir) => {
      const assembly = join(stateDir, 'cdk.out');
      const templates = (await readdir(assembly)).filter((file) => file.endsWith('.template.json'));
      await Promise.all(templates.map((file) => copyFile(join(assembly, file), join(folder, file))));
      const ids = await physicalIds(
        SystemFile.parse(JSON.parse(await readFile(join(stateDir, 'system.json'), 'utf8'))),
      );
      await writeFile(join(folder, RECORDED.physicalIds), JSON.stringify(ids));
    },
  };
}

const SystemFile = z.object({ awsEndpoint: z.string(), region: z.string() });

/** Stack, logical id, physical id. */
async function physicalIds({ awsEndpoint, region }: z.output<typeof SystemFile>) {
  const connection = { endpoint: awsEndpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const client = new CloudFormationClient(connection);
  const secrets = new SecretsManagerClient(connection);
  const all: Record<string, Record<string, string>> = {};
  try {
    for await (const { StackSummaries } of paginateListStacks({ client }, {}))
      for (const { StackName = '' } of StackSummaries ?? []) {
        const ids: Record<string, string> = (all[StackName] = {});
        for await (const { StackResourceSummaries } of paginateListStackResources({ client }, { StackName }))
          for (const { LogicalResourceId, PhysicalResourceId, ResourceType } of StackResourceSummaries ?? []) {
            if (!LogicalResourceId || !PhysicalResourceId) continue;
            // On AWS that is the ARN, which ends with what only the service knows.
            const isSecret = ResourceType === 'AWS::SecretsManager::Secret';
            const { ARN } = isSecret
              ? await secrets.send(new DescribeSecretCommand({ SecretId: PhysicalResourceId }))
              : { ARN: PhysicalResourceId };
            if (ARN) ids[LogicalResourceId] = ARN;
          }
      }
  } finally {
    client.destroy();
    secrets.destroy();
  }
  return all;
}
