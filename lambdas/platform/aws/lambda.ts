import { LambdaClient } from '@aws-sdk/client-lambda';
import { CALLS } from './calls';

/** For asynchronous invokes, which answer as soon as the event is queued. */
export const lambda = (): LambdaClient => new LambdaClient(CALLS);

/** For synchronous and streamed invokes, which last as long as the run: the caller bounds them; no retry, a run must not start twice. */
export const waitingLambda = (): LambdaClient => new LambdaClient(UNBOUNDED);

const UNBOUNDED = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 0, socketTimeout: 0 },
} as const;
