import { createHash } from 'node:crypto';
import { AppError } from '../../platform/http/errors';
import { retryOnConflict, WriteConflict } from '../../platform/dynamo/transact';
import type { Deployment } from '../deploy-target';
import { DEPLOY_DEADLINE_MS } from '../limits';
import { newTaskId } from '../start-task';
import { generatedName, ownership, suffixed, type Claimant } from './app-name';
import { isRunning, type AppId, type AppRecord } from './app-record';
import type { AppStore } from './app-store';
import { writeDeployment } from './deployment';
import { safeAppName } from '../request/app-name';

/** A deploy as it was asked for and decided, but for the name of its app. */
export interface WantedDeploy {
  readonly namespace: string;
  /** null: a new app. */
  readonly name: string | null;
  readonly claimant: Claimant;
  /** true: the claimant's function is one of its workspace. */
  readonly ofFunction: boolean;
  /** false: the id is of somebody else's function, whose name says nothing of this app. */
  readonly isKnown: boolean;
  readonly deployment: Omit<Deployment, 'app'>;
  /** All of the request that says what is deployed, and how. */
  readonly request: unknown;
}

/**
 * Gives an app to who asks for it and begins its deploy, or joins the same one that is going on.
 * @returns the app, and whether its deploy was there before
 * @throws AppError `APP_NAME_CONFLICT`, `DEPLOY_IN_PROGRESS`
 */
export function beginDeploy(
  wanted: WantedDeploy,
  { apps, now }: { readonly apps: AppStore; readonly now: () => number },
): Promise<{ readonly app: AppRecord; readonly joined: boolean }> {
  const request = digestOf(wanted.request);
  return retryOnConflict(async () => {
    const { name, before } = await nameFor(wanted, apps);
    if (before?.removing) throw inProgress(name, 'is being removed');
    if (before && isRunning(before.deploy, now())) {
      if (before.deploy.request === request) return { app: before, joined: true };
      throw inProgress(name, 'is being deployed by another request');
    }
    const after = newDeploy(wanted, { namespace: wanted.namespace, name }, request, before, now());
    await apps.begin(before, after, wanted.isKnown);
    return { app: { ...after, version: (before?.version ?? 0) + 1 }, joined: false };
  });
}

function newDeploy(
  { claimant, ofFunction, deployment }: WantedDeploy,
  app: AppId,
  request: string,
  before: AppRecord | undefined,
  now: number,
): Omit<AppRecord, 'version'> {
  return {
    ...app,
    workspace: claimant.workspace,
    functionId: claimant.functionId,
    ofFunction,
    targets: [...new Set([...(before?.targets ?? []), deployment.target])],
    removing: false,
    deploy: {
      id: newTaskId(),
      request,
      deployment: writeDeployment({ ...deployment, app }),
      state: 'running',
      startedAt: now,
      deadlineAt: now + DEPLOY_DEADLINE_MS,
      endpoint: null,
      warnings: [],
    },
  };
}

interface Found {
  readonly name: string;
  readonly before: AppRecord | undefined;
}

async function nameFor({ namespace, name, claimant }: WantedDeploy, apps: AppStore): Promise<Found> {
  const look = async (one: string) => {
    const before = await apps.find({ namespace, name: one });
    return { name: one, before, whose: ownership(before, claimant) };
  };
  if (name === null) {
    const generated = await look(generatedName());
    if (generated.whose !== 'free') throw new WriteConflict('a generated name');
    return generated;
  }
  const first = await look(safeAppName(name));
  if (first.whose !== 'others') return first;
  const { functionId } = claimant;
  if (functionId === null) throw taken(first.name);
  const second = await look(suffixed(first.name, { ...claimant, functionId }));
  if (second.whose === 'others') throw taken(second.name);
  return second;
}

/** Equal for equal values, in whatever order their fields come; what is null was not asked for. */
const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(ordered(value)))
    .digest('hex');

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const there = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  return Object.fromEntries(there.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, ordered(one)]));
}

const taken = (name: string): AppError =>
  new AppError('APP_NAME_CONFLICT', `The name ${name} belongs to another app.`, { details: { field: 'app_name' } });

const inProgress = (name: string, why: string): AppError =>
  new AppError('DEPLOY_IN_PROGRESS', `The app ${name} ${why}.`, { details: { app_name: name } });
