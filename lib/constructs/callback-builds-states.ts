/**
 * The states of a build of a callback (docs/contracts/callbacks.md#build), in Amazon States Language with JSONPath.
 * Written out: the tasks of CDK would let the machine invoke every version of its functions.
 */

export interface BuildFunctions {
  /** ARNs. */
  readonly builder: string;
  readonly pythonInstaller: string;
  readonly nodeInstaller: string;
}

/** Seconds. A build that takes longer is seen as lost by who reads its callback (lambdas/callbacks/deploy/start-build.ts). */
const BUILD_SECONDS = 300;

/** Above what the installers themselves give an order (60 and 120 s), so that theirs is the word that is heard. */
const SECONDS = { step: 90, resolve: 75, install: 140 } as const;

/** Faults of Lambda, and of what a function calls: all at once they would only be met again, hence the jitter. */
const RETRY = [
  {
    ErrorEquals: [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.TooManyRequestsException',
    ],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxAttempts: 5,
    MaxDelaySeconds: 10,
    JitterStrategy: 'FULL',
  },
  {
    ErrorEquals: ['States.TaskFailed'],
    IntervalSeconds: 1,
    BackoffRate: 3,
    MaxAttempts: 2,
    MaxDelaySeconds: 10,
    JitterStrategy: 'FULL',
  },
];

const task = (functionArn: string, payload: object, seconds: number) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: functionArn, Payload: payload },
  TimeoutSeconds: seconds,
  Retry: RETRY,
});

/** Whatever else goes wrong, the callback does not stay in `build`: it fails, and says that it is no fault of its own. */
const REJECT = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.fault', Next: 'Reject' }];

/** Lambda's own words about an invoke are left out. */
const answerTo = (path: string) => ({ ResultSelector: { 'answer.$': '$.Payload' }, ResultPath: path });

const when = (next: string, state: string) => ({ Variable: '$.now.answer.next', StringEquals: next, Next: state });

const step = (builder: string, name: string, input: object, next: string) => ({
  ...task(builder, { step: name, 'order.$': '$.order', ...input }, SECONDS.step),
  ...answerTo('$.now'),
  Catch: REJECT,
  Next: next,
});

export function callbackBuildStates({ builder, pythonInstaller, nodeInstaller }: BuildFunctions): object {
  const resolve = (installer: string, wanted: object) => ({
    ...task(installer, { do: 'resolve', ...wanted }, SECONDS.resolve),
    ...answerTo('$.resolved'),
    Catch: REJECT,
    Next: 'Find',
  });
  const install = (installer: string) => ({
    ...task(
      installer,
      { do: 'install', 'lock.$': '$.resolved.answer.lock', 'uploadUrl.$': '$.now.answer.uploadUrl' },
      SECONDS.install,
    ),
    ...answerTo('$.installed'),
    Catch: REJECT,
    Next: 'Publish',
  });
  return {
    Comment: 'Builds one deploy of one callback',
    StartAt: 'Check',
    TimeoutSeconds: BUILD_SECONDS,
    States: {
      Check: step(builder, 'check', {}, 'IsThereALibrary'),
      IsThereALibrary: {
        Type: 'Choice',
        Choices: [when('resolve-python', 'ResolvePython'), when('resolve-node', 'ResolveNode')],
        Default: 'Over',
      },
      ResolvePython: resolve(pythonInstaller, { 'requirements.$': '$.now.answer.requirements' }),
      ResolveNode: resolve(nodeInstaller, { 'dependencies.$': '$.now.answer.dependencies' }),
      Find: step(builder, 'find', { 'resolved.$': '$.resolved.answer' }, 'IsItInstalled'),
      IsItInstalled: {
        Type: 'Choice',
        Choices: [when('install-python', 'InstallPython'), when('install-node', 'InstallNode')],
        Default: 'Over',
      },
      InstallPython: install(pythonInstaller),
      InstallNode: install(nodeInstaller),
      Publish: step(
        builder,
        'publish',
        { 'place.$': '$.now.answer.place', 'installed.$': '$.installed.answer' },
        'Over',
      ),
      Over: { Type: 'Succeed' },
      Reject: {
        ...task(builder, { step: 'reject', 'order.$': '$.order', 'fault.$': '$.fault' }, SECONDS.step),
        Next: 'Faulty',
      },
      Faulty: { Type: 'Fail', Error: 'BuildFault', Cause: 'A fault of the platform; the callback says so' },
    },
  };
}
