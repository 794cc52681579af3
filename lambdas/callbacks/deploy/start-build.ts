import { createHash } from 'node:crypto';
import { AppError } from '../../platform/http/errors';
import type { StartExecution } from '../../platform/pipeline/start-execution';
import { BUILD_ORDER_VERSION, type BuildOrder } from './build-order';
import { callbackBuilds } from './pipeline';

/** Milliseconds after which a build that has not ended is taken for lost: a minute more than its state machine has. */
export const BUILD_TIMEOUT_MS = (callbackBuilds.timeoutSeconds + 60) * 1000;

/** Has a deploy built; returns once that has begun. @throws AppError `SERVICE_UNAVAILABLE` */
export type StartBuild = (order: BuildOrder) => Promise<void>;

/** One execution per attempt. */
export const executionStartBuild =
  (start: StartExecution): StartBuild =>
  async (order) => {
    try {
      await start(executionName(order), { version: BUILD_ORDER_VERSION, ...order });
    } catch (cause) {
      throw new AppError('SERVICE_UNAVAILABLE', 'There is no capacity to build at the moment. Try again shortly.', {
        cause,
      });
    }
  };

/** 80 characters at most; a workspace's name may hold others than Step Functions takes. */
export const executionName = ({ workspace, callbackId, attempt }: BuildOrder): string =>
  `callback-${callbackId}-${attempt}-${createHash('sha256').update(workspace).digest('hex').slice(0, 12)}`;
