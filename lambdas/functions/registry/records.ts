import * as z from 'zod';
import { Sealed } from '../../engine';
import { WORKSPACES_PARTITION } from '../../platform/dynamo/workspaces';
import { Status } from '../contract';

/** Records of this service in the entities table. Times are epoch milliseconds. */

export const WorkspaceRecord = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  createdAt: z.number(),
  functionCount: z.number(),
  /** Base64 characters of all its code. */
  codeChars: z.number(),
  /** Bytes that all else of its functions takes of a list. */
  settingsBytes: z.number().default(0),
  /** Being deleted: for callers it is gone. */
  deletedAt: z.number().optional(),
});
export type WorkspaceRecord = z.output<typeof WorkspaceRecord>;

export const FunctionRecord = z.object({
  workspace: z.string(),
  id: z.string(),
  name: z.string(),
  description: z.string(),
  runtime: z.string(),
  /** MB. */
  memory: z.number(),
  /** Seconds. */
  timeout: z.number(),
  httpMethods: z.array(z.string()),
  envNames: z.array(z.string()),
  /** Values, sealed to the function's id; absent without names. */
  env: Sealed.optional(),
  /** sha256 of the source, which is its address in the bucket. */
  code: z.string(),
  codeChars: z.number(),
  /** Bytes that all but its code takes of a list. */
  settingsBytes: z.number().default(0),
  invocationUrl: z.string().nullable(),
  /** The address that a deploy of this platform gave it, which callers cannot set, and where that leads. */
  issued: z.object({ url: z.string(), target: z.enum(['lambda', 'spin']) }).optional(),
  status: Status,
  createdAt: z.number(),
  lastModified: z.number(),
  lastDeployed: z.number().nullable(),
  /** Raised by each change; a writer names the one it read. */
  version: z.number(),
});
export type FunctionRecord = z.output<typeof FunctionRecord>;

/** Something deleted whose remains are still to be removed. */
export const CleanUpTask = z.object({
  kind: z.enum(['function', 'workspace']),
  workspace: z.string(),
  id: z.string(),
  createdAt: z.number(),
});
export type CleanUpTask = z.output<typeof CleanUpTask>;

/** An app that the builds service has deployed of a function. */
export const DeployedApp = z.object({ namespace: z.string(), name: z.string() });
export type DeployedApp = z.output<typeof DeployedApp>;

/**
 * Keys. A workspace's own record stands with all others, so that they can be listed; everything else is under its
 * workspace; functions stand where services that deploy them find them (platform/dynamo/functions.ts).
 */
export const workspaceKey = (id: string) => ({ pk: WORKSPACES_PARTITION, sk: id });
export const cleanUpKey = (id: string) => ({ pk: 'CLEANUP#functions', sk: id });
