import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { get, post, read, send } from '../../support/api';
import { execute, Jobs, Project, refused, status, upload } from './api';

const list = async (path: string) => {
  const answer = await get(path);
  return { jobs: read(answer, 200, Jobs), next: answer.headers.get('x-next-cursor') };
};
const freshName = () => `project ${randomUUID()}`;
const createProject = async (name: string) =>
  read(await send('POST', `/api/project?project_name=${encodeURIComponent(name)}`), 200, Project);

/** See docs/contracts/jobs.md#endpoints, #semantics. */
describe('lists of jobs', () => {
  test('hold a job as soon as upload has answered, newest first', async () => {
    const project = freshName();
    const ids: string[] = [];
    for (let number = 0; number < 4; number += 1) {
      const { job_id } = await upload({ code: 'print(1)', project });
      ids.unshift(job_id);
      expect((await list('/api/jobs?limit=1')).jobs).toHaveLength(1);
      const all = await list(`/api/projects/${encodeURIComponent(project)}/jobs`);
      expect(all.jobs.map((job) => job.job_id)).toEqual(ids);
      expect(all.next).toBeNull();
    }
    expect((await list('/api/jobs')).jobs.map((job) => job.job_id)).toEqual(expect.arrayContaining(ids));
  });

  test('come in pages that lose nothing and repeat nothing', async () => {
    const project = freshName();
    const ids: string[] = [];
    for (let number = 0; number < 5; number += 1) ids.unshift((await upload({ code: 'print(1)', project })).job_id);
    const path = `/api/projects/${encodeURIComponent(project)}/jobs/?limit=2`;
    const seen: string[] = [];
    let page = await list(path);
    for (;;) {
      seen.push(...page.jobs.map((job) => job.job_id));
      if (page.next === null) break;
      expect(page.jobs).toHaveLength(2);
      page = await list(`${path}&cursor=${encodeURIComponent(page.next)}`);
    }
    expect(seen).toEqual(ids);
  });

  test('cut output to 1 KiB and say so; otherwise a job looks as it does alone', async () => {
    const project = freshName();
    const short = await upload({ code: 'print("short")', project });
    const long = await upload({ code: 'import sys\nprint("é" * 20000)\nsys.stderr.write("e" * 100)', project });
    await execute(short.job_id);
    await execute(long.job_id);
    const [first, second] = (await list(`/api/projects/${encodeURIComponent(project)}/jobs`)).jobs;
    expect(first?.data.result).toMatchObject({
      stdout: 'é'.repeat(512),
      stdout_truncated: true,
      stderr: 'e'.repeat(100),
      stderr_truncated: false,
    });
    const alone = await status(short.job_id);
    expect(second?.data.result).toEqual(alone.data.result);
    expect(second?.data.result?.resource).toEqual(alone.resource);
    expect(second).toMatchObject({ status: 'SUCCESS', log_key: alone.log_key });
  });

  test('take a limit over 1000 for 1000', async () => {
    expect((await get('/api/jobs?limit=1001')).status).toBe(200);
    expect((await get('/api/jobs?limit=99999999999999999999')).status).toBe(200);
  });

  test.each(['limit=0', 'limit=-1', 'limit=x', 'limit=1.5', 'limit=', 'cursor=x', 'cursor=', 'cursor=MjAyNg'])(
    'refuse %s',
    async (query) => {
      for (const path of ['/api/jobs', `/api/projects/nobody-${randomUUID()}/jobs`])
        expect(refused(await get(`${path}?${query}`), 400, 'VALIDATION_ERROR').details).toEqual({
          field: query.split('=')[0],
        });
    },
  );
});

describe('projects', () => {
  test('are made once per name and listed by id', async () => {
    const name = freshName();
    const project = await createProject(name);
    expect(project).toMatchObject({ project: name, description: null });
    expect(await createProject(name)).toEqual(project);
    expect(await createProject(`  ${name} `)).toEqual(project);
    const all = read(await get('/api/projects/'), 200, z.array(Project));
    expect(all).toContainEqual(project);
    expect(all.map(({ project_id }) => project_id)).toEqual(
      all.map(({ project_id }) => project_id).sort((a, b) => a - b),
    );
  });

  test('come from the query first, else from the body', async () => {
    const [one, two] = [freshName(), freshName()];
    const inBody = { project_name: two, description: 'of the body' };
    expect(read(await post('/api/project', inBody), 200, Project)).toMatchObject({
      project: two,
      description: 'of the body',
    });
    const path = `/api/project/?project_name=${encodeURIComponent(one)}`;
    expect(read(await post(path, inBody), 200, Project)).toMatchObject({ project: one, description: 'of the body' });
  });

  test('are found by id, then by name, and made by an upload that names a new one', async () => {
    const { project_id, project } = await createProject(freshName());
    expect((await upload({ code: 'print(1)', project: String(project_id) })).project).toBe(project);
    expect((await upload({ code: 'print(1)', project: ` ${project} ` })).project).toBe(project);
    expect((await list(`/api/projects/${project_id}/jobs`)).jobs).toHaveLength(2);
    const name = freshName();
    expect((await upload({ code: 'print(1)', project: name, description: 'why' })).project).toBe(name);
    const all = read(await get('/api/projects'), 200, z.array(Project));
    expect(all.find((one) => one.project === name)?.description).toBe('why');
  });

  test('an unknown one has no jobs', async () => {
    expect((await list(`/api/projects/${randomUUID()}/jobs`)).jobs).toEqual([]);
    expect((await list('/api/projects/987654321/jobs')).jobs).toEqual([]);
  });

  test('a name that is the id of another is refused', async () => {
    const { project_id } = await createProject(freshName());
    const path = `/api/project?project_name=${project_id}`;
    refused(await send('POST', path), 409, 'PROJECT_NAME_CONFLICT');
  });

  test.each([
    ['no name', '', undefined],
    ['a blank name', '?project_name=%20%20', undefined],
    ['a blank name in the body', '', { project_name: ' ' }],
    ['a name that is no string', '', { project_name: 3 }],
    ['a name that is too long', '', { project_name: 'x'.repeat(256) }],
  ])('refuse %s', async (_, query, body) => {
    const { details } = refused(await post(`/api/project${query}`, body), 400, 'VALIDATION_ERROR');
    expect(details).toEqual({ field: 'project_name' });
  });
});
