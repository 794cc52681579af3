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
      ...deadLetters('decisions-decider', 'DeciderDeadLetters'),
      ...deadLetters('decisions-meeting', 'MeetingDeadLetters'),
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
    reason:
      "Images are pushed and read by the registry's own API, with a token: it asks IAM for what the token may do.",
    grants: [
      ...['BatchGetImage', 'GetDownloadUrlForLayer', 'BatchCheckLayerAvailability', 'InitiateLayerUpload'],
      ...['UploadLayerPart', 'CompleteLayerUpload', 'PutImage'],
    ].map((action) => `app-builder: ecr:${action} on Images`),
  },
  {
    reason: 'The registry of a laptop answers without a token; that of an account does not.',
    sometimes: true,
    grants: ['builds', 'app-builder', 'app-deployer'].map((name) => `${name}: ecr:GetAuthorizationToken on *`),
  },
  {
    reason: 'A request that fails frees its key; without the list S3 says 403 for an artifact that is not there.',
    sometimes: true,
    grants: ['builds: dynamodb:DeleteItem on Entities', 'app-builder: s3:ListBucket on Blobs'],
  },
  {
    reason:
      "Images are read by the registry's own API, with a token; Lambda and KMS ask IAM themselves for the role of an app, its tags and its key.",
    sometimes: true,
    grants: [
      ...['builds', 'app-deployer'].flatMap((name) =>
        ['BatchGetImage', 'GetDownloadUrlForLayer'].map((action) => `${name}: ecr:${action} on Images`),
      ),
      ...['CreateGrant', 'Decrypt', 'Encrypt'].map((action) => `app-deployer: kms:${action} on Key through lambda`),
      'app-deployer: iam:PassRole on AppsRole',
      'app-deployer: lambda:TagResource on arn:aws:lambda:us-east-1:000000000000:function:narae-local-app_*',
    ],
  },
  {
    reason: 'Last words of a decision run are read again where another writer has put them out of the tail of its log.',
    sometimes: true,
    grants: ['decisions', 'decisions-decider'].map((name) => `${name}: dynamodb:Query on Runs`),
  },
  {
    reason:
      'Models generate meetings as they judge decisions; tests of whole systems have them judge (test/unit/decisions).',
    sometimes: true,
    grants: [
      'decisions-meeting: secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:000000000000:secret:narae-local/model-key-??????',
    ],
  },
  {
    reason: 'A request that fails frees its key.',
    sometimes: true,
    grants: ['decisions: dynamodb:DeleteItem on Entities'],
  },
  {
    reason: 'Whoever follows a decision run that nobody has begun for two seconds has it begun.',
    sometimes: true,
    grants: ['stream: lambda:InvokeFunction on DeciderFunction'],
  },
  {
    reason: 'A task that could not be begun is taken back with its source.',
    grants: ['builds: s3:DeleteObject on Blobs/build-sources/*'],
  },
  {
    reason:
      'Whoever asks for a task whose time is over ends it and its log; one that could not be begun loses its log.',
    sometimes: true,
    grants: ['GetItem', 'UpdateItem', 'DeleteItem'].map((action) => `builds: dynamodb:${action} on Runs`),
  },
  {
    reason:
      'Credentials of a foreign registry are sealed for one push; tests have such a registry beside the system only.',
    sometimes: true,
    grants: [
      'builds: kms:GenerateDataKey on Key',
      'app-builder: kms:Decrypt on Key',
      'app-builder: dynamodb:DeleteItem on Entities',
    ],
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
