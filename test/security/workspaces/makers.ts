import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { get, post, read, send, type Target } from '../../support/api';
import { ended, Queued, upload } from '../../support/builds';
import { AS_USER, dataOf, eventsIn, Submitted } from '../../support/decisions';
import { record, start, isOver } from '../../support/invocations';
import { NoUseWaiting, waitFor } from '../../support/wait';
import type { Names } from './names';

/** What was made in a workspace, by the names that routes give it. */
export interface Made {
  readonly names: Partial<Names>;
  readonly traces: readonly string[];
}

/** Ways of making one of everything of a service, where its examples alone do not: each has a trace of its own in it. */
export const MAKERS: ReadonlyMap<string, (to: Target) => Promise<Made>> = new Map([
  ['invocations', makeRuns],
  ['stream', makeStream],
  ['jobs', makeJob],
  ['callbacks', makeCallback],
  ['builds', makeBuild],
  ['decisions', makeDecision],
]);

const newCanary = (): string => `canary-${randomBytes(16).toString('hex')}`;
const codeWith = (canary: string, handler = 'handler'): string =>
  `def ${handler}(event, context=None):\n    print("${canary}")\n    return "${canary}"\n`;

async function endedRun(canary: string, to: Target): Promise<string> {
  const { invocationId } = await start({ code: codeWith(canary), runtime: 'python', payload: { canary } }, { to });
  await waitFor('the run to end', async () => (isOver(await record(invocationId, to)) ? true : undefined));
  return invocationId;
}

async function makeRuns(to: Target): Promise<Made> {
  const canary = newCanary();
  const id = await endedRun(canary, to);
  const batch = { invocations: [{ code: codeWith(canary), runtime: 'python' }] };
  const Batch = z.looseObject({ batchId: z.string() });
  const { batchId } = read(await post('/invocations/batch', batch, { to }), 202, Batch);
  return { names: { params: { id }, query: { batchId } }, traces: [canary, id, batchId] };
}

async function makeStream(to: Target): Promise<Made> {
  const canary = newCanary();
  const id = await endedRun(canary, to);
  const build = await makeBuild(to);
  const decision = await makeDecision(to);
  return {
    names: {
      params: { ...build.names.params, ...decision.names.params, id },
      query: { ...build.names.query },
      body: { ...decision.names.body },
    },
    traces: [canary, id, ...build.traces, ...decision.traces],
  };
}

async function makeBuild(to: Target): Promise<Made> {
  const canary = newCanary();
  const file = { name: 'app.py', content: codeWith(canary) };
  const { task_id } = read(await upload('build', file, { app_name: canary }, {}, to), 202, Queued);
  const { app_name, workspace_id } = await ended(task_id, to);
  return {
    names: { params: { task_id, workspace_id }, query: { workspace_id }, body: { workspace_id } },
    traces: [task_id, app_name],
  };
}

/** One that waits for its owner, and of which something was said. */
async function makeDecision(to: Target): Promise<Made> {
  const canary = newCanary();
  const as = { to, headers: AS_USER };
  const issue = { title: canary, text: `refund ${canary}`, tags: ['payments'] };
  const { issue_id, run_id } = read(await post('/api/issues', issue, as), 201, Submitted);
  const { text } = await get(`/api/decisions/stream/${run_id}`, as);
  const card_id = String(dataOf(eventsIn(text), 'decision_card.assigned')['card_id']);
  const said = { utterances: [{ turn: 1, speaker_role: 'PM', text: canary }] };
  read(await post(`/api/meetings/${run_id}`, said, as), 201, z.looseObject({ run_id: z.string() }));
  return {
    names: {
      params: { issue_id, run_id, card_id },
      query: { run_id, resource_id: issue_id },
      body: { issue_id },
    },
    traces: [canary, issue_id, run_id, card_id],
  };
}

const JobSeen = z.looseObject({ job_id: z.string(), project: z.string(), log_key: z.string().nullable() });

async function makeJob(to: Target): Promise<Made> {
  const canary = newCanary();
  const project = `project-${canary.slice(-12)}`;
  const upload = { code: `print("${canary}")`, language: 'python', project };
  const { job_id: job } = read(await post('/api/upload', upload, { to }), 200, JobSeen);
  const executed = read(await post(`/api/execute/${job}`, { input: canary }, { to }), 200, JobSeen);
  return {
    names: { params: { job_id: job, project }, query: { log_key: executed.log_key ?? '', project_name: project } },
    traces: [canary, job, project],
  };
}

const Id = z.looseObject({ callback_id: z.int().nullish(), chat_id: z.int().nullish() });

/** Numbers that a workspace counts are made to be ones that a new workspace does not have. */
async function makeCallback(to: Target): Promise<Made> {
  const canary = newCanary();
  let [callback, room, chat] = [0, 0, 0];
  const path = `p-${canary.slice(-12)}`;
  for (let made = 0; made < 5; made += 1) {
    const wanted = {
      path: made === 4 ? path : `${path}-${made}`,
      method: 'GET',
      type: 'python',
      code: codeWith(canary, 'lambda_handler'),
    };
    callback = read(await post('/callbacks', wanted, { to }), 200, Id).callback_id ?? 0;
    room = read(await post('/chatroom', { title: canary }, { to }), 200, Id).chat_id ?? 0;
    // As many chats as services: one number then names one of each.
    chat = read(await post('/chats', { chat_room_id: room, chats: canary }, { to }), 200, Id).chat_id ?? 0;
  }
  await deploy(callback, to);
  return {
    names: {
      params: { callback_id: callback, chat_id: chat, path_name: path },
      query: { chat_room_id: room },
      body: { callback_id: callback, chat_id: room, chat_room_id: room },
    },
    traces: [canary, path],
  };
}

async function deploy(callback: number, to: Target): Promise<void> {
  const Deployed = z.looseObject({ status: z.string() });
  read(await send('POST', '/deploy', { json: { callback_id: callback, status: true }, to }), 200, Deployed);
  await waitFor('the callback to be deployed', async () => {
    const { status } = read(await get(`/callbacks/${callback}`, { to }), 200, Deployed);
    if (status === 'failed') throw new NoUseWaiting('It failed.');
    return status === 'deployed' ? true : undefined;
  });
}
