import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { staleOrigins } from '../../../bin/preflight/origins';
import { clientConfig, endpointEnvironment } from '../../../local/aws';
import { waitFor } from '../../support/wait';

const endpoint = process.env['NARAE_TEST_AWS_ENDPOINT'] ?? '';
const stage = `org${process.pid}`;
const where = { stage, region: 'us-east-1', edgeRegion: 'us-east-1' };
const client = new CloudFormationClient(clientConfig(endpoint));
Object.assign(process.env, {
  ...endpointEnvironment(endpoint),
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});
afterAll(() => client.destroy());

/** A stack of the emulator that says so much. */
async function stackOf(part: string, outputs: Readonly<Record<string, string>>): Promise<void> {
  const StackName = `narae-${stage}-${part}`;
  const TemplateBody = JSON.stringify({
    Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
    Outputs: Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
  });
  await client.send(new CreateStackCommand({ StackName, TemplateBody }));
  await waitFor(StackName, async () => {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    return Stacks?.[0]?.StackStatus === 'CREATE_COMPLETE' ? true : undefined;
  });
}

test('an API that was deleted and made anew is noticed', async () => {
  await stackOf('api', { ApiId: 'first' });
  await stackOf('engine', { StreamHost: 'stream.example' });
  await stackOf('edge', { KnownApiId: 'first', KnownStreamHost: 'stream.example' });
  expect(await staleOrigins(where)).toEqual([]);
  const StackName = `narae-${stage}-api`;
  await client.send(new DeleteStackCommand({ StackName }));
  await waitFor('the API to be gone', () =>
    client.send(new DescribeStacksCommand({ StackName })).then(
      ({ Stacks }) => (Stacks?.[0]?.StackStatus === 'DELETE_COMPLETE' ? true : undefined),
      () => true,
    ),
  );
  await stackOf('api', { ApiId: 'second' });
  expect(await staleOrigins(where)).toEqual(['ApiId is second, and the edge knows first']);
});
