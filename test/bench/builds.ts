import * as z from 'zod';
import { waitFor } from '../support/wait';
import type { Bed } from './bed';
import { call, timed } from './client';
import { cells, FIGURES, measured, type Section } from './sections';
import { figures, repeat, type Figures } from './statistics';

const TASKS = 20;
const COMPONENTS = 2;
const TASK_MS = 400_000;
/** How often a client that waits for a task looks, milliseconds. */
const LOOK_MS = 20;

const Queued = z.object({ task_id: z.string() });
const Task = z.object({
  status: z.string(),
  error: z.string().nullable(),
  result: z.object({ image_url: z.string().nullable() }).nullable(),
});
type Task = z.output<typeof Task>;
type Path = 'build' | 'build-and-push';

let made = 0;
/** A source that no task had before. */
export const fresh = (): string => {
  made += 1;
  return `def handler(event, context):\n    return {"statusCode": 200, "body": "hello ${made}"}\n`;
};

/** Uploads a file, and waits until it is built. @throws Error when it could not be */
export async function builtTask(url: string, path: Path, code: string, target = 'lambda'): Promise<Task> {
  const { task_id } = Queued.parse(await uploaded(`${url}/api/v1/${path}`, code, target));
  const look = async () => {
    const found = Task.parse(await call(url, 'GET', `/api/v1/tasks/${task_id}`));
    return ['completed', 'failed'].includes(found.status) ? found : undefined;
  };
  const task = await waitFor('the task', look, { deadlineMs: TASK_MS, everyMs: LOOK_MS });
  if (task.status !== 'completed') throw new Error(`task ${task_id} is ${task.status}: ${task.error ?? ''}`);
  return task;
}

/** Builds: what a client waits for from the upload of one file to the first look that finds the task completed. */
export async function builds({ url }: Bed): Promise<Section> {
  const task = (path: Path, code: string, target?: string) => timed(() => builtTask(url, path, code, target));
  const first = await measured('first build of a system', () => task('build', fresh()));
  const found = await measured('builds', async () => {
    const known = fresh();
    await task('build-and-push', known);
    return {
      build: figures(await repeat(TASKS, () => task('build', fresh()))),
      buildAgain: figures(await repeat(TASKS, () => task('build', known))),
      push: figures(await repeat(TASKS, () => task('build-and-push', fresh()))),
      pushAgain: figures(await repeat(TASKS, () => task('build-and-push', known))),
    };
  });
  const component = await measured('components', async () =>
    figures(await repeat(COMPONENTS, () => task('build', fresh(), 'spin'))),
  );
  return sectionOf({ first: figures([first]), ...found, component });
}

async function uploaded(address: string, code: string, target: string): Promise<unknown> {
  const form = new FormData();
  form.append('target', target);
  form.append('file', new Blob([code], { type: 'text/plain' }), 'hello.py');
  const answer = await fetch(address, { method: 'POST', body: form, signal: AbortSignal.timeout(60_000) });
  if (answer.status !== 202) throw new Error(`POST ${address}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

type Found = Readonly<Record<'first' | 'build' | 'buildAgain' | 'push' | 'pushAgain' | 'component', Figures>>;

const sectionOf = (found: Found): Section => ({
  title: 'A build of one file',
  notes: ['Checked for syntax and types, packed, and published; aims: a build under 2 s, with a push under 3 s.'],
  tables: [
    {
      head: ['', ...FIGURES],
      rows: [
        cells('build, the first of a system', found.first),
        cells('build', found.build),
        cells('build of equal source', found.buildAgain),
        cells('build and push', found.push),
        cells('build and push of equal source', found.pushAgain),
        cells('build of a component', found.component),
      ],
    },
  ],
  data: found,
});
