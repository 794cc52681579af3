import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../../../local/process/listen';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import { Envelope } from '../../../lambdas/engine/store/envelope';
import { RunIndex } from '../../../lambdas/engine/store/run-index';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import { SourceStore } from '../../../lambdas/engine/store/source-store';
import { Counters } from '../../../lambdas/functions/registry/counters';
import { FunctionStore } from '../../../lambdas/functions/registry/function-store';
import { lokiSource } from '../../../lambdas/functions/observability/loki-source';
import type { Ports } from '../../../lambdas/functions/ports';
import { prometheusSource } from '../../../lambdas/functions/observability/prometheus-source';
import { WorkspaceStore } from '../../../lambdas/functions/workspaces/workspace-store';
import { randomIds } from '../../../lambdas/platform/ids';
import { RateLimit } from '../../../lambdas/platform/rate-limit';
import { ANYBODY, type Principal } from '../../../lambdas/platform/auth/principal';
import { createBucket, createKey, createTable, testDynamo, testKms, testS3 } from '../../support/aws';
import { testClock, type TestClock } from '../../support/clock';

export interface TestService {
  readonly ports: Ports;
  readonly clock: TestClock;
  readonly tables: { readonly entities: string; readonly runs: string };
}

/** The service's ports on real stores of their own; no engine behind them: what is called, calls out. */
export async function testService(change: Partial<Ports> = {}): Promise<TestService> {
  const [db, s3, kms, clock] = [testDynamo(), testS3(), testKms(), testClock()];
  const entities = await createTable(db);
  const runs = await createTable(db);
  const bucket = await createBucket(s3);
  const ports: Ports = {
    clock,
    ids: randomIds,
    store: new RunStore(db, runs),
    index: new RunIndex(db, runs),
    blobs: new Blobs(s3, bucket, clock),
    envelope: new Envelope(kms, await createKey(kms), clock),
    call: () => Promise.resolve({ kind: 'full' }),
    rateLimit: new RateLimit(clock, { perSecond: 1_000, burst: 1_000 }),
    workspaces: new WorkspaceStore(db, entities),
    functions: new FunctionStore(db, entities),
    codes: new SourceStore(s3, bucket),
    counters: new Counters(db, runs, clock),
    grantWorkspace: () => Promise.resolve(),
    wakeCleaner: () => Promise.resolve(),
    callOutside: () => Promise.resolve({ kind: 'full' }),
    outbound: { resolve: () => Promise.resolve(['127.0.0.1']), open: new Set(), ownHosts: [] },
    logSource: lokiSource('http://127.0.0.1:1', clock.now),
    metricsSource: prometheusSource('http://127.0.0.1:1'),
    windowMs: 28_000,
    ...change,
  };
  return { ports, clock, tables: { entities, runs } };
}

export const context = (principal: Principal = ANYBODY) => ({
  principal,
  requestId: 'req-test',
  headers: {},
  rawQuery: '',
  remainingMs: () => 28_800,
});

export const keyFor = (...workspaces: [string, ...string[]]): Principal => ({
  ...ANYBODY,
  subject: 'a key',
  workspace: workspaces[0],
  workspaces,
  allWorkspaces: false,
  keyHash: 'hash',
});

const servers: (() => Promise<void>)[] = [];

/** A server of this machine, until `closeServers`. @returns its port */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(request, response));
  });
  const port = await listen(server);
  servers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return port;
}

export async function closeServers(): Promise<void> {
  for (const close of servers.splice(0)) await close();
}

/** The body of a create that is right. */
export const INPUT = {
  name: 'f',
  description: '',
  runtime: 'python',
  memory: 128,
  timeout: 5,
  httpMethods: ['GET'],
  environmentVariables: {},
  code: 'def handler(e):\n    return 1\n',
};
