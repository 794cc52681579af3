import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { AppError } from '../platform/errors';

/** Milliseconds after which a build that has not ended is taken for lost: installing may take 120 s. */
export const BUILD_TIMEOUT_MS = 180_000;

/** One deploy of one callback; a later attempt makes it void. */
export const BuildOrder = z.object({ workspace: z.string(), callbackId: z.number(), attempt: z.number() });
export type BuildOrder = z.output<typeof BuildOrder>;

/** Has a deploy built; returns once that is queued. @throws AppError `SERVICE_UNAVAILABLE` */
export type StartBuild = (order: BuildOrder) => Promise<void>;

/** Queues builds with Lambda: an asynchronous invoke of the builder, which Lambda keeps and retries. */
export const lambdaStartBuild =
  (lambda: LambdaClient, builderFunction: string): StartBuild =>
  async (order) => {
    try {
      await lambda.send(
        new InvokeCommand({
          FunctionName: builderFunction,
          InvocationType: 'Event',
          Payload: Buffer.from(JSON.stringify(order)),
        }),
      );
    } catch (cause) {
      throw new AppError('SERVICE_UNAVAILABLE', 'There is no capacity to build at the moment. Try again shortly.', {
        cause,
      });
    }
  };
