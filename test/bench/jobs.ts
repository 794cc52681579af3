import * as z from 'zod';
import type { Bed } from './bed';
import { call, timed } from './client';
import { cells, FIGURES, measured, times, type Section } from './sections';
import { figures, repeat } from './statistics';

const JOBS = 40;
const Job = z.object({ job_id: z.string(), status: z.string() });
const CODE = "import sys\nprint('hello', sys.stdin.read())\n";

/** Jobs: what a client waits for that uploads a script and runs it at once. */
export async function jobs({ url, floors }: Bed): Promise<Section> {
  const uploaded = async () =>
    Job.parse(await call(url, 'POST', '/api/upload', { language: 'python', code: CODE })).job_id;
  const execute = async (id: string): Promise<void> => {
    const { status } = Job.parse(await call(url, 'POST', `/api/execute/${id}`, { input: 'bench' }));
    if (status !== 'SUCCESS') throw new Error(`job ${id} ended ${status}`);
  };
  const whole = async () => execute(await uploaded());
  await repeat(5, () => timed(whole));
  const found = await measured('jobs', async () => {
    const once = await uploaded();
    return {
      uploadToResult: figures(await repeat(JOBS, () => timed(whole))),
      execute: figures(await repeat(JOBS, () => timed(() => execute(once)))),
    };
  });
  const floor = floors.python.isolated;
  return {
    title: 'A job (python hello world)',
    tables: [
      {
        head: ['', ...FIGURES, 'times the isolated floor (p50)'],
        rows: [
          cells('isolated interpreter (floor)', floor, '1.0'),
          cells('upload to result', found.uploadToResult, times(found.uploadToResult, floor)),
          cells('execute again', found.execute, times(found.execute, floor)),
        ],
      },
    ],
    data: found,
  };
}
