import * as z from 'zod';
import { Bundle, Sealed } from '../../engine';
import { Language } from '../../platform/runtimes';
import { cutToBytes } from '../../platform/text';
import { CALLBACK_STATES, nameOf } from '../contract';
import { CALLBACK_LIMITS, METHODS, type CallMethod } from '../limits';

/** A callback as it is stored, and what follows from it (docs/contracts/callbacks.md#resources, #semantics). */

/** Environment values, sealed to the callback. */
export const StoredEnv = z.object({ names: z.array(z.string()), sealed: Sealed });
export type StoredEnv = z.output<typeof StoredEnv>;

/** What a deployment fixes; changes of the record wait for the next one. */
const Snapshot = z.object({
  /** Without slashes. */
  name: z.string(),
  method: z.enum(METHODS),
  language: Language,
  /** sha256 of the source. */
  code: z.string(),
  library: z.string().optional(),
});
export type Snapshot = z.output<typeof Snapshot>;

export const Deployment = Snapshot.extend({
  /** The installed packages; absent where none are needed. */
  packages: Bundle.optional(),
});
export type Deployment = z.output<typeof Deployment>;

export const CallbackRecord = z.object({
  workspace: z.string(),
  id: z.number(),
  /** As it was sent. */
  path: z.string(),
  method: z.enum(METHODS),
  language: Language,
  code: z.string(),
  library: z.string().optional(),
  env: StoredEnv.optional(),
  status: z.enum(CALLBACK_STATES),
  lastError: z.string().optional(),
  /** Epoch ms. */
  updatedAt: z.number(),
  /** Number of the newest deploy or undeploy: a build of an earlier one is out of date. */
  attempt: z.number(),
  /** Epoch ms at which a build that has said nothing is taken for lost. */
  buildDeadlineAt: z.number().optional(),
  /** What the newest deploy is building: the record as it was then. */
  building: Snapshot.optional(),
  deployment: Deployment.optional(),
  /** The room it was last put into; the room's own record says whether that still holds. */
  roomId: z.number().optional(),
  /** Raised by each write, which names the one it knows. */
  version: z.number(),
});
export type CallbackRecord = z.output<typeof CallbackRecord>;

/** What environment values are sealed to, and whose processes a call's never meets. */
export const ownerOf = (callbackId: number): string => `cb-${callbackId}`;

/** What a deploy of the record, as it stands, would fix. */
export const snapshotOf = ({ path, method, language, code, library }: CallbackRecord): Snapshot => ({
  name: nameOf(path),
  method,
  language,
  code,
  ...(library !== undefined && { library }),
});

export function hasPendingChanges(record: CallbackRecord): boolean {
  const { deployment } = record;
  if (!deployment) return true;
  const now = snapshotOf(record);
  return (
    now.name !== deployment.name ||
    now.method !== deployment.method ||
    now.language !== deployment.language ||
    now.code !== deployment.code ||
    now.library !== deployment.library
  );
}

/** The record after a build that failed; what is deployed goes on answering. */
export const buildFailed = (record: CallbackRecord, reason: string, now: number): CallbackRecord => ({
  ...record,
  status: 'failed',
  building: undefined,
  lastError: cutToBytes(reason, CALLBACK_LIMITS.lastErrorBytes),
  updatedAt: now,
});

export const BUILD_LOST = 'The build was lost. This is a fault of the platform; deploy it again.';

/** The record as it is to be seen: a build whose time is over has failed, whether or not somebody wrote that down. */
export function expireLostBuild(record: CallbackRecord, now: number): CallbackRecord {
  if (record.status !== 'build' || (record.buildDeadlineAt ?? Infinity) > now) return record;
  return { ...record, status: 'failed', lastError: BUILD_LOST };
}

/** A path and method that a callback holds: nobody else can register them. */
export interface Claim {
  readonly name: string;
  readonly method: CallMethod;
  /** What answers calls there. */
  readonly deployment: Deployment | undefined;
  readonly env: StoredEnv | undefined;
}

/**
 * The routes a record holds: the one it is registered under, the one that is being built, and the one that is deployed
 * until then.
 */
export function claimsOf(record: CallbackRecord): Claim[] {
  const { deployment, building, env } = record;
  const claims: Claim[] = deployment ? [{ name: deployment.name, method: deployment.method, deployment, env }] : [];
  for (const { name, method } of [snapshotOf(record), ...(building ? [building] : [])]) {
    if (claims.some((claim) => claim.name === name && claim.method === method)) continue;
    claims.push({ name, method, deployment: undefined, env: undefined });
  }
  return claims;
}
