import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { TITAN_MODEL } from '../../lambdas/decisions/providers/contract';
import type { FunctionNeeds } from '../../lambdas/platform/manifest';
import type { StageConfig } from '../config';
import type { DataStack } from '../stacks/data';
import { acknowledge } from './acknowledge';
import { readSecretNamed } from './iam-statements';

type Asked = NonNullable<FunctionNeeds['models']>;

/**
 * To ask the models that a stage is configured with for decisions, and no others (docs/adr/0034-model-providers.md). What
 * ConverseStream takes is `InvokeModelWithResponseStream`.
 */
export function askModels(asked: Asked, { decisions, region }: StageConfig, data: DataStack): PolicyStatement[] {
  const { provider, embedder, bedrock, openAiCompatible } = decisions;
  const where = bedrock?.region ?? region;
  const statements: PolicyStatement[] = [];
  if (asked.includes('provider') && provider === 'bedrock' && bedrock?.model !== undefined)
    statements.push(...converse(bedrock.model, bedrock.inferenceProfile, where, data));
  if (asked.includes('provider') && provider === 'openai-compatible' && openAiCompatible?.keySecret !== undefined)
    statements.push(readSecretNamed(data, openAiCompatible.keySecret));
  if (asked.includes('embedder') && embedder === 'titan')
    statements.push(
      new PolicyStatement({ actions: ['bedrock:InvokeModel'], resources: [modelArn(data, TITAN_MODEL, where)] }),
    );
  return statements;
}

const CONVERSE = ['bedrock:InvokeModelWithResponseStream'];

function converse(model: string, profile: string | undefined, region: string, data: DataStack): PolicyStatement[] {
  if (profile === undefined)
    return [new PolicyStatement({ actions: CONVERSE, resources: [modelArn(data, model, region)] })];
  const arn = profile.startsWith('arn:') ? profile : profileArn(data, profile, region);
  return [
    new PolicyStatement({ actions: CONVERSE, resources: [arn] }),
    // A profile sends requests to the model in whichever of its regions has room; the model by itself stays closed.
    new PolicyStatement({
      actions: CONVERSE,
      resources: [modelArn(data, model, '*')],
      conditions: { ArnEquals: { 'bedrock:InferenceProfileArn': arn } },
    }),
  ];
}

const modelArn = (scope: IConstruct, resourceName: string, region: string): string =>
  Stack.of(scope).formatArn({ service: 'bedrock', region, account: '', resource: 'foundation-model', resourceName });

const profileArn = (scope: IConstruct, resourceName: string, region: string): string =>
  Stack.of(scope).formatArn({
    service: 'bedrock',
    region,
    resource: 'inference-profile',
    resourceName,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });

/** Whether it is granted a model in all regions. */
export const asksAnywhere = ({ models = [] }: FunctionNeeds, { decisions }: StageConfig): boolean =>
  models.includes('provider') && decisions.provider === 'bedrock' && decisions.bedrock?.inferenceProfile !== undefined;

/** Which regions a profile has is known to Bedrock, and may change. */
export function acknowledgeProfile(role: IConstruct, { decisions }: StageConfig): void {
  const { partition } = Stack.of(role);
  acknowledge(
    role,
    `AwsSolutions-IAM5[Resource::arn:${partition}:bedrock:*::foundation-model/${decisions.bedrock?.model ?? ''}]`,
    'An inference profile sends requests to one model in several regions; the condition names the profile.',
  );
}
