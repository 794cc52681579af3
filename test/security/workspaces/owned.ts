import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { get, post, read, send, type Target } from '../../support/api';
import { record, start, isOver } from '../../support/invocations';
import { NoUseWaiting, waitFor } from '../../support/wait';

/** What one workspace has, by the names that routes give it: of path parameters, query strings and fields of bodies. */
export interface Owned {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string | number>>;
  /** Some of them stand in everything that the workspace has: whoever reads one has read what is not theirs. */
  readonly traces: readonly string[];
}

/** Ids of things that nobody has: what another workspace's things must look like. */
export const NOBODYS: Owned = {
  params: {
    id: 'inv-00000000000000000000000000',
    job_id: '00000000-0000-4000-8000-000000000000',
    callback_id: '987654321',
    chat_id: '987654321',
    path_name: 'nobodys',
    project: 'nobodys',
    cluster: 'python',
  },
  query: { log_key: 'nobodys', batchId: 'bat-000000000000', project_name: 'nobodys', chat_room_id: '987654321' },
  body: { callback_id: 987_654_321, chat_id: 987_654_321, chat_room_id: 987_654_321 },
  traces: [],
};

const Id = z.looseObject({ callback_id: z.int().nullish(), chat_id: z.int().nullish() });
const JobSeen = z.looseObject({ job_id: z.string(), project: z.string(), log_key: z.string().nullable() });

/**
 * Makes one of everything in the workspace of a key. Numbers that a workspace counts are made to be ones that a new
 * workspace does not have.
 */
export async function makeOne(to: Target): Promise<Owned> {
  const canary = `canary-${randomBytes(16).toString('hex')}`;
  const code = `def handler(event, context=None):\n    print("${canary}")\n    return "${canary}"\n`;
  const { invocationId } = await start({ code, runtime: 'python', payload: { canary } }, { to });
  const batch = z.looseObject({ batchId: z.string() });
  const { batchId } = read(
    await post('/invocations/batch', { invocations: [{ code, runtime: 'python' }] }, { to }),
    202,
    batch,
  );
  await waitFor('the run to end', async () => (isOver(await record(invocationId, to)) ? true : undefined));

  const project = `project-${canary.slice(-12)}`;
  const upload = { code: `print("${canary}")`, language: 'python', project };
  const { job_id: job } = read(await post('/api/upload', upload, { to }), 200, JobSeen);
  const executed = read(await post(`/api/execute/${job}`, { input: canary }, { to }), 200, JobSeen);

  let [callback, room, chat] = [0, 0, 0];
  const path = `p-${canary.slice(-12)}`;
  for (let made = 0; made < 5; made += 1) {
    const wanted = {
      path: made === 4 ? path : `${path}-${made}`,
      method: 'GET',
      type: 'python',
      code: code.replace('handler', 'lambda_handler'),
    };
    callback = read(await post('/callbacks', wanted, { to }), 200, Id).callback_id ?? 0;
    room = read(await post('/chatroom', { title: canary }, { to }), 200, Id).chat_id ?? 0;
    // As many chats as rooms: one number then names one of each.
    chat = read(await post('/chats', { chat_room_id: room, chats: canary }, { to }), 200, Id).chat_id ?? 0;
  }
  await deploy(callback, to);
  return {
    traces: [canary, invocationId, batchId, job, project, path],
    params: {
      id: invocationId,
      job_id: job,
      callback_id: String(callback),
      chat_id: String(chat),
      path_name: path,
      project,
      cluster: 'python',
    },
    query: { log_key: executed.log_key ?? '', batchId, project_name: project, chat_room_id: String(room) },
    body: { callback_id: callback, chat_id: room, chat_room_id: room },
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
