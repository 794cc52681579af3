import * as z from 'zod';
import { TARGETS } from '../artifact';

/** How a deploy failed, in words of the contract (docs/contracts/builds.md#bad-input). */
export const DeployFailure = z.object({
  code: z.enum(['APP_NAME_CONFLICT', 'NAMESPACE_NOT_FOUND', 'DEPLOY_ERROR', 'TARGET_UNAVAILABLE']),
  message: z.string(),
});
export type DeployFailure = z.output<typeof DeployFailure>;

/** The last deploy of an app. */
export const DeployRecord = z.object({
  id: z.string(),
  /** SHA-256 of what was asked for: an equal request joins a deploy that is going on. */
  request: z.string(),
  /** What is to be applied (../deploy-target.ts), as JSON text: the store takes no objects of any depth. */
  deployment: z.string(),
  state: z.enum(['running', 'succeeded', 'failed']),
  startedAt: z.number(),
  /** Epoch ms by which it is at its end; whoever finds it running after that need not mind it. */
  deadlineAt: z.number(),
  endpoint: z.string().nullable(),
  /** Of the target. */
  warnings: z.array(z.string()),
  failure: DeployFailure.optional(),
});
export type DeployRecord = z.output<typeof DeployRecord>;

/** An app: who has its name, and how its last deploy went. */
export const AppRecord = z.object({
  namespace: z.string(),
  name: z.string(),
  workspace: z.string(),
  /** Of the function whose name it is; null until a deploy gives one. */
  functionId: z.string().nullable(),
  /** true: it is a function of the workspace, which the platform tells how its deploys went. */
  ofFunction: z.boolean(),
  /** Where something of it may be. */
  targets: z.array(z.enum(TARGETS)),
  /** Its function is deleted, and with it the app. */
  removing: z.boolean(),
  deploy: DeployRecord,
  /** Raised by each write; a writer names the one it read. */
  version: z.number(),
});
export type AppRecord = z.output<typeof AppRecord>;

export type AppId = Pick<AppRecord, 'namespace' | 'name'>;

/** Whether something is still being done for it. */
export const isRunning = ({ state, deadlineAt }: DeployRecord, now: number): boolean =>
  state === 'running' && now < deadlineAt;
