import { LambdaClient } from '@aws-sdk/client-lambda';
import { CALLS } from './calls';
import { FreshConnections } from './fresh-connections';

/** For asynchronous invokes, which answer as soon as the event is queued. */
export const lambda = (): LambdaClient => new LambdaClient(CALLS);

/**
 * For synchronous and streamed invokes, which last as long as the run: the caller bounds them. No retry of its own:
 * whether an invoke may be made again depends on what it starts.
 */
export const waitingLambda = (): LambdaClient =>
  new LambdaClient({
    maxAttempts: 1,
    requestHandler: new FreshConnections({ connectionTimeout: 2_000, requestTimeout: 0, socketTimeout: 0 }),
  });
