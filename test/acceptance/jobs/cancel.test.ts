import { get, post, read } from '../../support/api';
import { waitFor } from '../../support/wait';
import { execute, executeAtOnce, finished, flat, isOver, Job, log, refused, status, upload } from './api';

const FOREVER = { code: 'import time\nprint("begun", flush=True)\ntime.sleep(600)' };
const cancel = (jobId: string) => post(`/api/cancel/${jobId}`);

/** See docs/contracts/jobs.md#state-machine, #cancel. */
describe('cancel', () => {
  test('of a job that never ran', async () => {
    const { job_id } = await upload({ code: 'print(1)' });
    const job = read(await cancel(job_id), 200, Job);
    expect(job).toMatchObject({ status: 'CANCELLED', log_key: null, logs_url: null });
    expect(job.data.completed_at).not.toBeNull();
    expect(job.data.result ?? null).toBeNull();
    expect(read(await cancel(job_id), 200, Job)).toEqual(job);
    refused(await post(`/api/execute/${job_id}`, {}), 409, 'JOB_CANCELLED');
    expect(await status(job_id)).toEqual(job);
  });

  test('of a running job keeps its output so far, at once and for good', async () => {
    const job = await cancelledAfterOutput();
    const { job_id } = job;
    expect(job.status).toBe('CANCELLED');
    expect(job.data.result).toMatchObject({ status: 'CANCELLED', run: 1, stdout: 'begun\n', exit_code: null });
    expect(job.log_key).toBe(`logs/${job_id}/1.json`);
    expect(await log(job.log_key ?? '')).toEqual({ stdout: 'begun\n', stderr: '' });
    expect(read(await cancel(job_id), 200, Job)).toEqual(job);
    refused(await executeNoBody(job_id), 409, 'JOB_CANCELLED');
    expect(await status(job_id)).toEqual(job);
  });

  test.each([
    ['SUCCESS', 'print(1)', {}],
    ['FAILED', 'raise ValueError(1)', {}],
    ['TIMEOUT', 'while True: pass', { timeout: 300 }],
  ])('of a job in %s is refused and changes nothing', async (expected, code, body) => {
    const { job_id } = await upload({ code });
    const job = await execute(job_id, body);
    expect(job.status).toBe(expected);
    const { details } = refused(await cancel(job_id), 409, 'JOB_ALREADY_FINISHED');
    expect(details).toMatchObject({ status: expected });
    expect(await status(job_id)).toEqual(job);
  });
});

/**
 * A job that was cancelled after it had printed. Nothing shows a job's output while it runs, so one that was cancelled before its
 * process had begun is followed by another that is given longer.
 */
async function cancelledAfterOutput(): Promise<Job> {
  let cancelled: Job | undefined;
  for (const runningMs of [2_500, 10_000, 40_000]) {
    const { job_id } = await upload(FOREVER);
    await executeAtOnce(job_id);
    await waitFor('the run to go on for a while', async () => {
      const { status, data } = read(await get(`/api/status/${job_id}`), 200, Job);
      return (status === 'RUNNING' && Date.now() - Date.parse(data.started_at ?? '') > runningMs) || undefined;
    });
    cancelled = read(await cancel(job_id), 200, Job);
    if (cancelled.data.result?.stdout !== '') return cancelled;
  }
  throw new Error(`A job printed nothing in 40 s: ${JSON.stringify(cancelled)}`);
}

const executeNoBody = (jobId: string) => post(`/api/execute/${jobId}`);

describe('one run at a time', () => {
  test('execute while RUNNING is refused', async () => {
    const { job_id } = await upload({ code: 'import time\ntime.sleep(2)' });
    await executeAtOnce(job_id);
    refused(await executeNoBody(job_id), 409, 'JOB_ALREADY_RUNNING');
    refused(await post(`/api/execute/${job_id}`, { input: 'x' }), 409, 'JOB_ALREADY_RUNNING');
    expect((await finished(job_id)).data.result?.run).toBe(1);
  });

  test('execute, cancel and the end of a run agree, whoever comes first', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { job_id } = await upload({ code: 'print(1)' });
      const executes = [executeNoBody(job_id), executeNoBody(job_id), executeNoBody(job_id)];
      const cancels = round % 2 === 0 ? [cancel(job_id), cancel(job_id)] : [];
      const executed = (await Promise.all(executes)).map((answer) => answer.status);
      const cancelled = (await Promise.all(cancels)).map((answer) => answer.status);
      const job = await waitFor('the job to settle', async () => {
        const now = await flat(job_id);
        return isOver(now) ? now : undefined;
      });
      expect([...executed, ...cancelled].every((code) => [200, 409].includes(code))).toBe(true);
      expect(job.status).toBe(cancelled.includes(200) ? 'CANCELLED' : 'SUCCESS');
      const runs = executed.filter((code) => code === 200).length;
      if (job.log_key !== null) expect(job.log_key).toBe(`logs/${job_id}/${runs}.json`);
      expect(await flat(job_id)).toEqual(job);
    }
  });

  test('whoever sees a terminal status can read the log', async () => {
    const { job_id } = await upload({ code: 'print("x" * 20000)' });
    await executeAtOnce(job_id);
    const seen = await waitFor(
      'the end',
      async () => {
        const now = await flat(job_id);
        return isOver(now) ? now : undefined;
      },
      { everyMs: 10 },
    );
    expect((await log(seen.log_key ?? '')).stdout).toHaveLength(20_001);
  });
});
