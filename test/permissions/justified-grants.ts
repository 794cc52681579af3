/**
 * What roles are granted and no test of a whole system uses, with the reason why it is granted. What is new in a role, or is
 * no longer used, has to be taken away or to be named here.
 */

interface Justified {
  readonly reason: string;
  /** Whether a test uses it depends on timing: it may then be used as well. */
  readonly sometimes?: true;
  /** `function: action on resource`, as the tests print them. */
  readonly grants: readonly string[];
}

const endsRuns = (name: string): string[] => [
  `${name}: dynamodb:UpdateItem on Runs`,
  `${name}: s3:PutObject on Blobs/cancel/*`,
];
const deadLetters = (name: string, queue: string): string[] => [
  `${name}: sqs:SendMessage on ${queue}`,
  `${name}: kms:Decrypt on Key through sqs`,
  `${name}: kms:GenerateDataKey on Key through sqs`,
];

const JUSTIFIED: readonly Justified[] = [
  {
    reason:
      'A run that finds no sandbox goes back to the queue; a quiet system has one for each (test/faults, full platform).',
    sometimes: true,
    grants: ['runner: lambda:InvokeFunction on RunnerFunction'],
  },
  {
    reason: 'Lambda sends events that failed for good with the role of their function (test/faults, dead letters).',
    grants: [
      ...deadLetters('runner', 'RunnerDeadLetters'),
      ...deadLetters('reaper', 'ReaperDeadLetters'),
      ...deadLetters('functions-cleaner', 'CleanerDeadLetters'),
    ],
  },
  {
    reason: 'Whoever meets a run whose worker was lost, or whose wait is over, reads it and ends it (test/faults).',
    sometimes: true,
    grants: [
      ...['callbacks', 'callback-builder', 'reaper', 'stream'].flatMap(endsRuns),
      ...['callbacks', 'callback-builder', 'jobs', 'runner', 'reaper'].map((name) => `${name}: dynamodb:Query on Runs`),
      ...['reaper', 'stream', 'functions-caller'].map((name) => `${name}: dynamodb:PutItem on Runs`),
      ...['reaper', 'stream'].map((name) => `${name}: kms:GenerateDataKey on Key through s3`),
      'callbacks: dynamodb:GetItem on Runs',
      'callback-builder: dynamodb:GetItem on Runs',
      'functions: s3:PutObject on Blobs/cancel/*',
      'reaper: dynamodb:GetItem on Runs',
      'reaper: dynamodb:BatchGetItem on Runs',
      'reaper: kms:Decrypt on Key through dynamodb',
    ],
  },
  {
    reason: 'Objects are there or have gone with their retention; without it S3 answers 403 for what has gone.',
    sometimes: true,
    grants: ['invocations', 'jobs', 'stream', 'callback-builder', 'functions-caller', 'runner'].map(
      (name) => `${name}: s3:ListBucket on Blobs`,
    ),
  },
  {
    reason: 'A check of code runs as any run: large ones, and what comes of them, go through the bucket.',
    sometimes: true,
    grants: ['callback-builder: s3:GetObject on Blobs/results/*', 'callback-builder: s3:PutObject on Blobs/payloads/*'],
  },
  {
    reason: 'Source of a script whose month is nearly over is kept for another one when it is run.',
    grants: ['jobs: s3:GetObject on Blobs/code/*'],
  },
  {
    reason:
      'An answer of several megabytes is kept for repeats with its Idempotency-Key; a request that fails frees its key.',
    sometimes: true,
    grants: ['functions: s3:PutObject on Blobs/results/*', 'jobs: dynamodb:DeleteItem on Entities'],
  },
  {
    reason: 'When a key was last used is written down once in a while.',
    sometimes: true,
    grants: ['stream: dynamodb:UpdateItem on Entities'],
  },
  {
    reason:
      'Deployed apps are called at their addresses, with a signature, and not by an API that tests record (test/unit/builds).',
    sometimes: true,
    grants: ['functions', 'functions-caller'].flatMap((name) =>
      ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'].map(
        (action) => `${name}: ${action} on arn:aws:lambda:us-east-1:000000000000:function:narae-local-app_*`,
      ),
    ),
  },
  {
    reason: 'Endpoints that make tasks of builds refuse with 503 until they are there (docs/builds.md).',
    sometimes: true,
    grants: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'].map(
      (action) => `builds: dynamodb:${action} on Entities`,
    ),
  },
  {
    reason: 'The largest tier: runs of 3,008 MiB are tried on AWS, a machine of the tests may not have as much.',
    sometimes: true,
    grants: ['python313', 'nodejs24'].map((name) => `runner: lambda:InvokeFunction on Sandboxes${name}3008Function`),
  },
];

/** Its own log is written by Lambda itself, with the role of the function. */
const OWN_LOG = /: logs:(CreateLogStream|PutLogEvents) on \w+Log$/;

/** A reason for a grant that is not used, or undefined. */
export const reasonFor = (grant: string): string | undefined =>
  OWN_LOG.test(grant)
    ? 'Lambda writes logs of functions.'
    : JUSTIFIED.find(({ grants }) => grants.includes(grant))?.reason;

/** All that are named, and those that no test may use. */
export const NAMED = JUSTIFIED.flatMap(({ grants }) => grants);
export const NEVER_USED = JUSTIFIED.filter(({ sometimes }) => sometimes !== true).flatMap(({ grants }) => grants);
