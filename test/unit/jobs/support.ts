import { randomUUID } from 'node:crypto';
import { Blobs } from '../../../lambdas/engine/store/blobs';
import type { Call } from '../../../lambdas/engine/lifecycle/call-run';
import { Envelope } from '../../../lambdas/engine/store/envelope';
import { RunIndex } from '../../../lambdas/engine/store/run-index';
import { RunStore } from '../../../lambdas/engine/store/run-store';
import type { Dispatch } from '../../../lambdas/engine/lifecycle/start-run';
import { JobStore } from '../../../lambdas/jobs/job-store';
import { OutputReader } from '../../../lambdas/jobs/output';
import type { Ports } from '../../../lambdas/jobs/ports';
import { ProjectStore } from '../../../lambdas/jobs/project-store';
import { uploadJob } from '../../../lambdas/jobs/upload';
import { UploadRequest } from '../../../lambdas/jobs/contract';
import type { CallContext } from '../../../lambdas/platform/http/endpoint';
import { randomIds } from '../../../lambdas/platform/ids';
import { ANYBODY } from '../../../lambdas/platform/auth/principal';
import { publicOrigin } from '../../../lambdas/platform/http/public-origin';
import { RateLimit } from '../../../lambdas/platform/rate-limit';
import { createBucket, createKey, createTable, testDynamo, testKms, testS3 } from '../../support/aws';
import { testClock, type TestClock } from '../../support/clock';

export interface JobsService {
  readonly ports: Ports & { readonly clock: TestClock };
  readonly context: CallContext;
}

/** The service on stores of its own; what a worker does with an order is for the test to say. */
export async function openService(dispatch: Dispatch, call: Call): Promise<JobsService> {
  const db = testDynamo();
  const [s3, kms] = [testS3(), testKms()];
  const clock = testClock();
  const [runs, entities] = [await createTable(db), await createTable(db)];
  const store = new RunStore(db, runs);
  const blobs = new Blobs(s3, await createBucket(s3), clock);
  return {
    ports: {
      clock,
      store,
      blobs,
      dispatch,
      call,
      ids: randomIds,
      newJobId: randomUUID,
      index: new RunIndex(db, runs),
      envelope: new Envelope(kms, await createKey(kms), clock),
      jobs: new JobStore(db, entities),
      projects: new ProjectStore(db, entities),
      output: new OutputReader({ blobs, store }),
      publicOrigin: publicOrigin('https://narae.example'),
      rateLimit: new RateLimit(clock, { perSecond: 1e6, burst: 1e6 }),
    },
    context: {
      principal: { ...ANYBODY, workspace: 'ws-test' },
      requestId: 'req-1',
      headers: {},
      rawQuery: '',
      remainingMs: () => 28_800,
    },
  };
}

/** Uploads a script; any field may be given. */
export async function upload({ ports, context }: JobsService, fields: Partial<UploadRequest> = {}) {
  const body = UploadRequest.parse({ code: 'print(1)', language: 'python', ...fields });
  const reply = await uploadJob(ports)({ body, params: undefined, query: undefined }, context);
  return reply.body;
}
