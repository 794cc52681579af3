import { answerOf } from '../../../lambdas/callbacks/call/call-answer';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import { NO_USAGE, type Run } from '../../../lambdas/engine/run/run';
import { createBucket, testS3 } from '../../support/aws';
import { testClock } from '../../support/clock';
import { newTestRun } from '../../support/runs';

const clock = testClock();
let blobs: Blobs;

beforeAll(async () => {
  const s3 = testS3();
  blobs = new Blobs(s3, await createBucket(s3), clock);
});

const answered = async (run: Run): Promise<Record<string, unknown>> =>
  JSON.parse((await answerOf(run, blobs)).bytes.toString('utf8')) as Record<string, unknown>;

const ended = (more: Partial<Run>): Run =>
  newTestRun(clock.now(), {
    status: 'FAILED',
    startedAt: clock.now(),
    usage: { ...NO_USAGE, durationMs: 5 },
    ...more,
  });

/** See docs/contracts/callbacks.md#outcome. */
test.each<[Partial<Run>, object]>([
  [
    { status: 'COMPLETED', resultJson: '{"statusCode":404}' },
    { lambdaStatusCode: 200, body: { statusCode: 404 } },
  ],
  [
    { errorType: 'RUNTIME_ERROR', errorMessage: "KeyError: 'a'" },
    { lambdaStatusCode: 500, body: "KeyError: 'a'" },
  ],
  [
    { errorType: 'HANDLER_NOT_FOUND', errorMessage: 'no handler' },
    { lambdaStatusCode: 500, body: 'no handler' },
  ],
  [
    { errorType: 'INVALID_RESULT', errorMessage: 'no JSON' },
    { lambdaStatusCode: 400, lambda_status_code: 400, body: 'no JSON' },
  ],
  [
    { errorType: 'TIMEOUT', errorMessage: 'x' },
    { lambdaStatusCode: 504, lambda_status_code: 504, body: 'Timeout: no answer within 28 s' },
  ],
  [{ status: 'EXECUTING' }, { lambdaStatusCode: 504, lambda_status_code: 504, body: 'Timeout: no answer within 28 s' }],
  [
    { errorType: 'OUT_OF_MEMORY' },
    { lambdaStatusCode: 500, lambda_status_code: 500, body: 'The memory limit of 256 MiB was exceeded.' },
  ],
])('%j', async (run, answer) => {
  expect(await answered(ended(run))).toEqual(answer);
});

test('a worker lost while the handler ran is 500 and says so', async () => {
  const answer = await answered(ended({ errorType: 'PLATFORM_ERROR' }));
  expect(answer).toMatchObject({ lambdaStatusCode: 500, lambda_status_code: 500 });
  expect(answer['body']).toMatch(/worker of this call was lost/);
});

test.each<[string, Partial<Run>]>([
  ['no sandbox was to be had', { errorType: 'PLATFORM_ERROR', fault: 'no-capacity' }],
  ['given up in time', { errorType: 'PLATFORM_ERROR', fault: 'not-started' }],
  ['still queued', { status: 'REQUEST_RECEIVED' }],
  ['still fetching', { status: 'CODE_FETCHING' }],
  ['still preparing', { status: 'SANDBOX_PREPARING' }],
])('a handler that was never started is 503: %s', async (_, run) => {
  await expect(answerOf(ended(run), blobs)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});

test('a handler that a sandbox may have begun by the time to answer took too long', async () => {
  const run = ended({ status: 'SANDBOX_PREPARING', handedOverAt: clock.now() });
  expect(await answered(run)).toMatchObject({ lambdaStatusCode: 504 });
});

test('a result that fits in 5 MB, but not in the answer of a function, is 400', async () => {
  const resultJson = JSON.stringify('"'.repeat(2_400_000));
  expect(await answered(ended({ status: 'COMPLETED', resultJson }))).toMatchObject({ lambdaStatusCode: 400 });
});

test('a large result is read from where it is stored', async () => {
  const run = ended({ status: 'COMPLETED', resultStored: true });
  await blobs.putResult(run.workspace, run.id, '[1]');
  expect(await answered(run)).toEqual({ lambdaStatusCode: 200, body: [1] });
});
