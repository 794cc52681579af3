import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct, IConstruct } from 'constructs';
import * as z from 'zod';
import type { RunIndexName, TableAction } from '../../lambdas/platform/manifest';
import type { DataStack } from '../stacks/data';
import { acknowledge } from './acknowledge';
import type { AppPlace } from './app-place';

/**
 * Statements that roles are made of. CDK's own `grant` methods give more than is needed (whole buckets, `kms:ReEncrypt*`),
 * so the actions are written out where a function is declared.
 */

export const onTable = (table: Table, ...actions: TableAction[]): PolicyStatement =>
  new PolicyStatement({ actions: actions.map((action) => `dynamodb:${action}`), resources: [table.tableArn] });

export const queryIndex = (table: Table, index: RunIndexName): PolicyStatement =>
  new PolicyStatement({ actions: ['dynamodb:Query'], resources: [`${table.tableArn}/index/${index}`] });

export const onObjects = (bucket: Bucket, action: 'Get' | 'Put' | 'Delete', ...prefixes: string[]): PolicyStatement =>
  new PolicyStatement({
    actions: [`s3:${action}Object`],
    resources: prefixes.map((prefix) => bucket.arnForObjects(`${prefix}/*`)),
  });

/** A prefix of the bucket is as narrow as it gets: the rest of a key is the workspace and the run. */
export function acknowledgeObjects(role: Role, data: DataStack): void {
  const { 'Fn::ImportValue': arn } = Imported.parse(Stack.of(role).resolve(data.exportValue(data.bucket.bucketArn)));
  for (const prefix of data.storedPrefixes)
    acknowledge(
      role,
      `AwsSolutions-IAM5[Resource::${arn}/${prefix}/*]`,
      `Objects under ${prefix}/ are named by workspace and run, which are known at run time only.`,
    );
}

const Imported = z.object({ 'Fn::ImportValue': z.string() });

/** Without it S3 answers 403 for an object that is not there, which cannot be told from a lack of permission. */
export const allowMissingObjectDetection = (bucket: Bucket): PolicyStatement =>
  new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] });

export const invoke = (functions: readonly IFunction[]): PolicyStatement =>
  new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: functions.map((fn) => fn.functionArn) });

/** A function that is not there yet, since its role comes first: by its name. */
export const invokeNamed = (scope: Construct, functionName: string): PolicyStatement =>
  new PolicyStatement({
    actions: ['lambda:InvokeFunction'],
    resources: [
      Stack.of(scope).formatArn({
        service: 'lambda',
        resource: 'function',
        resourceName: functionName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
  });

export const startExecution = (machine: IStateMachine): PolicyStatement =>
  new PolicyStatement({ actions: ['states:StartExecution'], resources: [machine.stateMachineArn] });

/** Lines of functions: one stream each, which the first line makes. */
export const writeLines = (group: ILogGroup): PolicyStatement =>
  new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [group.logGroupArn] });

export const readLines = (group: ILogGroup): PolicyStatement =>
  new PolicyStatement({ actions: ['logs:GetLogEvents'], resources: [group.logGroupArn] });

export const deleteLines = (group: ILogGroup): PolicyStatement =>
  new PolicyStatement({ actions: ['logs:DeleteLogStream'], resources: [group.logGroupArn] });

/** CloudWatch has no resources to name here. */
export const readMetrics = (): PolicyStatement =>
  new PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] });

const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const PUSH = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:InitiateLayerUpload',
  'ecr:UploadLayerPart',
  'ecr:CompleteLayerUpload',
  'ecr:PutImage',
];

/** The registry's own API takes a token, which stands for the role: what it may do with images is said of the repository. */
export const onImages = (repository: IRepository, access: 'pull' | 'push'): PolicyStatement[] => [
  new PolicyStatement({
    actions: access === 'push' ? [...PULL, ...PUSH] : PULL,
    resources: [repository.repositoryArn],
  }),
  // A token is of the whole registry: there are no resources to name.
  new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
];

/** A token for the registry opens nothing by itself. */
export const acknowledgeRegistryToken = (role: IConstruct): void =>
  acknowledge(
    role,
    'AwsSolutions-IAM5[Resource::*]',
    'ecr:GetAuthorizationToken knows no resources; the token opens what the role may do with the repository.',
  );

const DEPLOY = [
  'CreateFunction',
  'GetFunctionConfiguration',
  'UpdateFunctionCode',
  'UpdateFunctionConfiguration',
  'PublishVersion',
  'ListVersionsByFunction',
  'DeleteFunction',
  'GetAlias',
  'CreateAlias',
  'UpdateAlias',
  'GetFunctionUrlConfig',
  'TagResource',
];

/** To deploy apps: their functions and no others, with the one role that may do nothing, and addresses that are signed for. */
export function deployApps(apps: AppPlace, data: DataStack): PolicyStatement[] {
  const { region } = Stack.of(data);
  return [
    ...(apps.networkExampleArn === undefined ? [] : attachNetwork(apps.networkExampleArn)),
    new PolicyStatement({ actions: DEPLOY.map((action) => `lambda:${action}`), resources: [apps.functionsArn] }),
    new PolicyStatement({
      actions: ['lambda:CreateFunctionUrlConfig'],
      resources: [apps.functionsArn],
      conditions: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
    }),
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [apps.role.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    }),
    // Lambda encrypts environment values with the stage's key on behalf of whoever sets them.
    new PolicyStatement({
      actions: ['kms:CreateGrant', 'kms:Decrypt', 'kms:Encrypt'],
      resources: [data.key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `lambda.${region}.amazonaws.com` } },
    }),
  ];
}

/** To put functions into the network of another one: Lambda looks at it with the rights of whoever asks for that. */
const attachNetwork = (exampleArn: string): PolicyStatement[] => [
  new PolicyStatement({ actions: ['lambda:GetFunctionConfiguration'], resources: [exampleArn] }),
  new PolicyStatement({
    actions: ['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'],
    resources: ['*'],
  }),
];

/** To call apps at their addresses. Since October 2025 that takes both: the address, and the function behind it. */
export const callApps = (apps: AppPlace): PolicyStatement[] => [
  new PolicyStatement({
    actions: ['lambda:InvokeFunctionUrl'],
    resources: [apps.functionsArn],
    conditions: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
  }),
  new PolicyStatement({
    actions: ['lambda:InvokeFunction'],
    resources: [apps.functionsArn],
    conditions: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
  }),
];

/** Whoever deletes functions starts what removes their apps. */
export const haveAppsRemoved = (apps: AppPlace): PolicyStatement =>
  new PolicyStatement({ actions: ['states:StartExecution'], resources: [apps.deploysArn] });

/** A secret that somebody made and named in the configuration; six characters of Secrets Manager's end its ARN. */
export const readSecretNamed = (data: DataStack, name: string): PolicyStatement =>
  new PolicyStatement({
    actions: ['secretsmanager:GetSecretValue'],
    resources: [
      Stack.of(data).formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: `${name}-??????`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
  });

export function acknowledgeApps(role: IConstruct, apps: AppPlace): void {
  const { account, region, partition } = Stack.of(role);
  const owner = Token.isUnresolved(account) ? '<AWS::AccountId>' : account;
  acknowledge(
    role,
    `AwsSolutions-IAM5[Resource::arn:${partition}:lambda:${region}:${owner}:function:${apps.prefix}*]`,
    'Functions of apps are made when users deploy them; no other function has the prefix.',
  );
}

export const send = (queue: IQueue): PolicyStatement =>
  new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] });

/**
 * The secrets by which a function recognises who calls: what the edge adds to every request, and what signs stream
 * tickets where the function signs or reads them.
 */
export function readSecrets(data: DataStack, { tickets }: { readonly tickets: boolean }): PolicyStatement[] {
  const secrets = [...(tickets ? [data.ticketSecret] : []), ...(data.originSecret ? [data.originSecret] : [])];
  if (secrets.length === 0) return [];
  return [
    new PolicyStatement({
      actions: ['secretsmanager:GetSecretValue'],
      resources: secrets.map((secret) => secret.secretArn),
    }),
    decryptThrough(data, 'secretsmanager'),
  ];
}

/**
 * The stage's key through services that store encrypted and use it on behalf of the caller (docs/security.md, "What a
 * function may do"). Tables take no more for writing: DynamoDB makes their keys by grants that it got when the table was
 * made.
 */
export const decryptThrough = (
  data: DataStack,
  ...services: ('dynamodb' | 's3' | 'secretsmanager' | 'sqs')[]
): PolicyStatement => keyThrough(data, 'Decrypt', services);

/** The same for what makes a data key for each thing it stores. */
export const encryptThrough = (data: DataStack, ...services: ('s3' | 'sqs')[]): PolicyStatement =>
  keyThrough(data, 'GenerateDataKey', services);

type KeyAction = 'Decrypt' | 'GenerateDataKey';

function keyThrough(data: DataStack, action: KeyAction, services: readonly string[]): PolicyStatement {
  const { region } = Stack.of(data);
  return new PolicyStatement({
    actions: [`kms:${action}`],
    resources: [data.key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': services.map((name) => `${name}.${region}.amazonaws.com`) } },
  });
}

/** The stage's key itself: to seal environment values, or to open them. */
export const keyItself = (data: DataStack, action: KeyAction): PolicyStatement =>
  new PolicyStatement({ actions: [`kms:${action}`], resources: [data.key.keyArn] });
