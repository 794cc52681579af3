import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { get, post, read, refusalWithDetail, send, type Answer } from './api';
import { NoUseWaiting, waitFor } from './wait';

/**
 * Shapes of the callbacks API as its contract gives them (docs/contracts/callbacks.md#resources, #endpoints,
 * #worked-examples), written once more.
 */

const Time = z.iso.datetime({ precision: 3 });

export const Callback = z.strictObject({
  callback_id: z.int().min(1),
  path: z.string(),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  type: z.enum(['python', 'node']),
  runtime: z.enum(['python3.13', 'nodejs24']),
  library: z.string().nullable(),
  env: z.record(z.string(), z.literal('********')).nullable(),
  status: z.enum(['pending', 'build', 'deployed', 'undeployed', 'failed']),
  live: z.boolean(),
  pending_changes: z.boolean(),
  last_error: z.string().nullable(),
  updated_at: Time,
});
export type Callback = z.output<typeof Callback>;
export const CallbackWithCode = z.strictObject({ ...Callback.shape, code: z.string() });
export const DeployedCallback = z.strictObject({ ...Callback.shape, message: z.string().min(1), image: z.string() });
export const ChatRoom = z.strictObject({
  chat_id: z.int().min(1),
  title: z.string(),
  callback_id: z.int().nullable(),
  created_at: Time,
});
export const Chat = z.strictObject({
  chat_id: z.int().min(1),
  chat_room_id: z.int().min(1),
  chats: z.string(),
  created_at: Time,
});
export const Message = z.strictObject({ message: z.string().min(1) });
/** A path that no other test has. */
export const freshPath = (prefix = 't'): string => `${prefix}-${randomBytes(6).toString('hex')}`;

export const PYTHON = 'def lambda_handler(event, context):\n    return event\n';
export const NODE = 'exports.lambda_handler = async (event) => event;\n';

export const registration = (more: Readonly<Record<string, unknown>> = {}) => ({
  path: freshPath(),
  method: 'GET',
  type: 'python',
  code: PYTHON,
  ...more,
});

export async function register(more?: Readonly<Record<string, unknown>>): Promise<Callback> {
  return read(await post('/callbacks/', registration(more)), 200, Callback);
}

export const change = (id: number, json: unknown): Promise<Answer> => send('PUT', `/callbacks/${id}`, { json });
export const remove = (id: number): Promise<Answer> => send('DELETE', `/callbacks/${id}`);
export const deploy = (id: number, status = true): Promise<Answer> => post('/deploy/', { callback_id: id, status });

export const readCallback = async (id: number) => read(await get(`/callbacks/${id}`), 200, CallbackWithCode);

/** The callback once its build is over. */
export const built = (id: number, deadlineMs = 30_000) =>
  waitFor(
    `callback ${id} to be built`,
    async () => {
      const callback = await readCallback(id);
      return callback.status === 'build' ? undefined : callback;
    },
    { deadlineMs, everyMs: 100 },
  );

/** Registers a callback and deploys it. */
export async function deployed(more?: Readonly<Record<string, unknown>>): Promise<Callback> {
  const { callback_id: id } = await register(more);
  return redeployed(id);
}

export async function redeployed(id: number): Promise<Callback> {
  read(await deploy(id), 200, Callback);
  const { code: _code, ...callback } = await built(id);
  if (callback.status !== 'deployed') throw new NoUseWaiting(`${callback.status}: ${callback.last_error ?? ''}`);
  return callback;
}

/** The envelope of a call that was started: its own text too, for what is promised about the text. */
export async function call(method: string, path: string, sent: Parameters<typeof send>[2] = {}) {
  const answer = await send(method, path, sent);
  const Envelope = z.strictObject({
    lambdaStatusCode: z.union([z.literal(200), z.literal(400), z.literal(500), z.literal(504)]),
    lambda_status_code: z.union([z.literal(400), z.literal(500), z.literal(504)]).optional(),
    body: z.unknown(),
  });
  return { ...read(answer, 200, Envelope), text: answer.text };
}

export const refused = refusalWithDetail;
