import type { UseCases } from '../platform/http/endpoint';
import { ReplyBudget } from '../platform/http/reply-bytes';
import { cursorCodec } from '../platform/http/cursor';
import type { Job as JobView } from './contract';
import { findJobs } from './find-job';
import { statusOf, type Job } from './job';
import { allJobs, isJobId, idOfListSort, jobsOfProject, listSort } from './job-keys';
import type { Ports } from './ports';
import type { jobsRoutes } from './routes';
import { toJob } from './view';

type Service = UseCases<typeof jobsRoutes>;
interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const listJobs =
  (ports: Ports): Service['listJobs'] =>
  ({ query }, { principal, headers }) =>
    list(principal.workspace, allJobs(principal.workspace), query, ports, ports.publicOrigin(headers));

/** @returns an empty list for a project that is not there */
export const listProjectJobs =
  (ports: Ports): Service['listProjectJobs'] =>
  async ({ params, query }, { principal, headers }) => {
    const { workspace } = principal;
    const project = await ports.projects.find(workspace, params.project.trim());
    if (!project) {
      cursors.read(query.cursor);
      return { body: [] };
    }
    return list(workspace, jobsOfProject(workspace, project.id), query, ports, ports.publicOrigin(headers));
  };

/** The sort key of the last job of a page. */
const cursors = cursorCodec<string>(
  (sort) => sort,
  (text) => (/^\d{4}-\d\d-\d\dT[\d:.]{12}Z#/.test(text) && isJobId(idOfListSort(text)) ? text : undefined),
);

const sortOf = (job: JobView): string => listSort({ createdAt: Date.parse(job.data.created_at), id: job.job_id });

/** Jobs that are read together: what one BatchGet takes. */
const AT_ONCE = 100;

/**
 * One page of a list. It ends before `limit` when the answer would get too large, and says where to go on.
 * Costs one query and two batched reads per hundred jobs; large outputs are read once per process.
 */
async function list(workspace: string, partition: string, { limit, cursor }: Page, ports: Ports, origin: string) {
  let after = cursors.read(cursor);
  const body: JobView[] = [];
  const budget = new ReplyBudget();
  for (;;) {
    const page = await ports.jobs.page(partition, Math.min(AT_ONCE, limit - body.length), after);
    const jobs = await findJobs(workspace, page.ids, ports);
    const views = await Promise.all(jobs.map((job) => listed(job, ports, origin)));
    for (const view of views) {
      const last = body.at(-1);
      if (!budget.take(view) && last) return { body, headers: { 'X-Next-Cursor': cursors.write(sortOf(last)) } };
      body.push(view);
    }
    after = page.next;
    if (after === undefined) return { body };
    if (body.length >= limit) return { body, headers: { 'X-Next-Cursor': cursors.write(after) } };
  }
}

async function listed(job: Job, { output }: Ports, origin: string): Promise<JobView> {
  const over = job.run !== undefined && statusOf(job) !== 'RUNNING';
  return toJob(job, over ? await output.readHead(job.run) : undefined, origin);
}
