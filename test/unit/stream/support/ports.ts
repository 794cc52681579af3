import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Blobs } from '../../../../lambdas/engine/store/blobs';
import { LogStore } from '../../../../lambdas/engine/store/log-store';
import { ownersIn } from '../../../../lambdas/engine/store/owners';
import { RunIndex } from '../../../../lambdas/engine/store/run-index';
import { RunStore } from '../../../../lambdas/engine/store/run-store';
import { ANYBODY } from '../../../../lambdas/platform/auth/principal';
import { runsOf } from '../../../../lambdas/platform/manifest';
import { workspaceIds } from '../../../../lambdas/platform/dynamo/workspaces';
import { SERVICES } from '../../../../lambdas/services';
import { follow } from '../../../../lambdas/stream/follow';
import { openStream } from '../../../../lambdas/stream/open-stream';
import type { OpenedStream, StreamPorts } from '../../../../lambdas/stream/stream-request';
import { createBucket, createTable, testS3 } from '../../../support/aws';

/** The stream function's ports over tables of a test's own; nothing stands behind what it asks other services for. */
export async function streamPorts(
  db: DynamoDBDocumentClient,
): Promise<{ readonly ports: StreamPorts; readonly entities: string; readonly runs: string }> {
  const [runs, entities] = [await createTable(db), await createTable(db)];
  const s3 = testS3();
  const clock = { now: () => Date.now() };
  const serviceRuns = runsOf(SERVICES);
  const ports: StreamPorts = {
    clock,
    store: new RunStore(db, runs),
    index: new RunIndex(db, runs),
    logs: new LogStore(db, runs),
    allWorkspaces: () => workspaceIds(db, entities),
    hasOwner: ownersIn(db, entities, serviceRuns),
    serviceRuns,
    blobs: new Blobs(s3, await createBucket(s3), clock),
    authenticate: () => Promise.resolve(ANYBODY),
    ticketKey: () => Promise.resolve('key'),
    needsUserId: true,
    beginDecision: () => Promise.reject(new Error('nothing is to be begun')),
    beginMeeting: () => Promise.reject(new Error('no meeting is to be begun')),
  };
  return { ports, entities, runs };
}

type Asked = Pick<Parameters<typeof openStream>[0], 'route' | 'params'> & Partial<Parameters<typeof openStream>[0]>;

export const openAt = (asked: Asked, ports: StreamPorts): Promise<OpenedStream> =>
  openStream({ headers: {}, query: {}, bytes: Buffer.alloc(0), ...asked }, ports);

/** All that is sent to a client that stays. */
export async function textOf(opened: OpenedStream, clock: StreamPorts['clock']): Promise<string> {
  let text = '';
  const write = (part: string) => Promise.resolve(((text += part), true));
  await follow(opened, { write }, clock, () => 900_000);
  return text;
}

export const idsIn = (text: string): number[] => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
