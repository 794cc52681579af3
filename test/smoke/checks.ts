import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { get, post, read, refusal, send, type Target } from '../support/api';
import { parseStream } from '../support/raw-sse';
import { Accepted } from '../support/shapes';

/** What a stage must do after a deployment, seen from outside: each check throws with what was wrong. */
export interface Check {
  readonly name: string;
  readonly act: (to: Target) => Promise<void>;
}

const STREAM_WITHIN_MS = 60_000;

const CODE: Readonly<Record<string, string>> = {
  python: 'def handler(event, context):\n    print(event["word"])\n    return event["word"]\n',
  node: 'exports.handler = async ({ word }) => { console.log(word); return word; };\n',
};

const health = async (to: Target): Promise<void> => {
  const { status } = read(await get('/health', { to }), 200, z.looseObject({ status: z.string() }));
  if (status !== 'healthy') throw new Error(`GET /health says ${status}.`);
};

/** Starts a run, follows its stream from the first event to the last, and looks for what it printed. */
const runs = (runtime: string) => async (to: Target) => {
  const word = randomUUID();
  const answer = await post(
    '/invocations',
    { code: CODE[runtime], runtime, payload: { word }, timeoutMs: 10_000 },
    { to },
  );
  const { streamUrl } = read(answer, 202, Accepted);
  const response = await fetch(to.url + streamUrl, {
    signal: AbortSignal.timeout(STREAM_WITHIN_MS),
    headers: { Accept: 'text/event-stream', ...(to.key !== undefined && { 'X-API-Key': to.key }) },
  });
  if (response.status !== 200) throw new Error(`${response.status} of the stream: ${await response.text()}`);
  const { events } = parseStream(await response.text());
  const last = events.at(-1)?.data;
  if (last?.type !== 'COMPLETE' || last.status !== 'COMPLETED')
    throw new Error(`The stream ended by ${JSON.stringify(last ?? null).slice(0, 500)}.`);
  if (!events.some(({ data }) => data.type === 'LOG' && data.line === word))
    throw new Error('What the code printed did not come in the stream.');
};

const Invoked = z.looseObject({ status: z.string(), responseBody: z.looseObject({ word: z.string() }) });

/** A workspace with a function that is invoked, and taken away again. */
const functions = async (to: Target): Promise<void> => {
  const { id } = read(await post('/api/workspaces', { name: 'smoke' }, { to }), 201, z.looseObject({ id: z.string() }));
  try {
    const word = randomUUID();
    const code = Buffer.from('def handler(event):\n    return event["body"]\n').toString('base64');
    const path = `/api/workspaces/${id}/functions`;
    const made = read(await post(path, { name: 'smoke', code }, { to }), 201, z.looseObject({ id: z.string() }));
    const answer = await post(`${path}/${made.id}/invoke`, { word }, { to });
    const { status, responseBody } = read(answer, 200, Invoked);
    if (status !== 'success' || responseBody.word !== word)
      throw new Error(`The invoke gave ${answer.text.slice(0, 500)}`);
  } finally {
    await send('DELETE', `/api/workspaces/${id}`, { to });
  }
};

const WITHOUT_KEY = { code: CODE['python'], runtime: 'python' };

/** Only where the stage asks for keys. */
const keys = async ({ url }: Target): Promise<void> => {
  refusal(await post('/invocations', WITHOUT_KEY, { to: { url, key: undefined } }), 401, 'UNAUTHENTICATED');
};

const lists = async (to: Target): Promise<void> => {
  for (const path of ['/runtimes', '/invocations', '/api/jobs', '/callbacks', '/api/workspaces'])
    if ((await get(path, { to })).status !== 200) throw new Error(`${path} does not answer 200.`);
};

/** @param withKey the stage asks for keys, and one was given */
export const checksOf = (withKey: boolean): readonly Check[] => [
  { name: 'health', act: health },
  ...(withKey ? [{ name: 'nobody without a key', act: keys }] : []),
  { name: 'a Python run and its stream', act: runs('python') },
  { name: 'a Node run and its stream', act: runs('node') },
  { name: 'lists of each service', act: lists },
  { name: 'a function', act: functions },
];
