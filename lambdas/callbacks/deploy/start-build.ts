import { createHash } from 'node:crypto';
import { ExecutionAlreadyExists, StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { AppError } from '../../platform/http/errors';
import { versionUpTo } from '../../platform/version';

/**
 * Milliseconds after which a build that has not ended is taken for lost: a minute more than its state machine has, which
 * resolves (60 s) and installs (120 s) with retries.
 */
export const BUILD_TIMEOUT_MS = 360_000;

/** Of an order for a build; as all versions it is raised by hand (docs/adr/0018). */
const BUILD_ORDER_VERSION = 1;

/** One deploy of one callback; a later attempt makes it void. */
export const BuildOrder = z.object({
  version: versionUpTo('the order', BUILD_ORDER_VERSION),
  workspace: z.string(),
  callbackId: z.number(),
  attempt: z.number(),
});
export type BuildOrder = z.output<typeof BuildOrder>;

/** Has a deploy built; returns once that has begun. @throws AppError `SERVICE_UNAVAILABLE` */
export type StartBuild = (order: BuildOrder) => Promise<void>;

/** Starts one execution of the state machine per attempt: a repeated start finds that it has begun. */
export const executionStartBuild =
  (sfn: SFNClient, stateMachineArn: string): StartBuild =>
  async (order) => {
    try {
      const input = JSON.stringify({ order: { version: BUILD_ORDER_VERSION, ...order } });
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name: executionName(order), input }));
    } catch (cause) {
      if (cause instanceof ExecutionAlreadyExists) return;
      throw new AppError('SERVICE_UNAVAILABLE', 'There is no capacity to build at the moment. Try again shortly.', {
        cause,
      });
    }
  };

/** 80 characters at most; a workspace's name may hold others than Step Functions takes. */
export const executionName = ({ workspace, callbackId, attempt }: BuildOrder): string =>
  `callback-${callbackId}-${attempt}-${createHash('sha256').update(workspace).digest('hex').slice(0, 12)}`;
