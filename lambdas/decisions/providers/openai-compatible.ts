import * as z from 'zod';
import { Answer, failed, isBrokenConnection, kindOfStatus, MOST_ANSWER_MS, readable, whileWanted } from './model';
import type { Model, ModelCall, Prompt } from './model';
import { ProviderFailed } from './provider';

export interface OpenAiSettings {
  /** Up to `/v1`: `/chat/completions` comes after it. */
  readonly baseUrl: string;
  readonly model: string;
  /** Absent: the server wants none. */
  readonly key?: () => Promise<string>;
}

/** Characters of a line of an event stream. */
const MOST_LINE = 256 * 1024;
const END = '[DONE]';

const Chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  error: z.unknown().optional(),
});

/** A model behind any server that speaks OpenAI's chat completions, with streaming. */
export const openAiModel = (settings: OpenAiSettings): Model => ({
  name: 'openai-compatible',
  async answer(prompt, call) {
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(MOST_ANSWER_MS)]);
    try {
      return await complete(settings, prompt, { ...call, signal });
    } catch (error) {
      if (error instanceof ProviderFailed) throw error;
      if (signal.aborted) throw failed('timeout', error);
      throw failed(isBrokenConnection(error) ? 'unavailable' : 'internal', error);
    }
  },
});

async function complete(settings: OpenAiSettings, prompt: Prompt, call: ModelCall): Promise<string> {
  const { status, body } = await post(settings, prompt, call.signal);
  if (status < 200 || status >= 300 || body === null) {
    await body?.cancel();
    throw failed(kindOfStatus(status), new Error(`The model's server answered ${status}`));
  }
  const answer = new Answer(call);
  let isWhole = false;
  const bytes = readable(body, (error) => failed(call.signal.aborted ? 'timeout' : 'unavailable', error));
  for await (const data of dataLines(whileWanted(bytes, call.signal))) {
    if (data === END) return answer.text;
    const [choice] = readChunk(data).choices ?? [];
    await answer.add(choice?.delta?.content ?? '');
    isWhole ||= typeof choice?.finish_reason === 'string';
  }
  if (!isWhole) throw failed('unavailable', new Error('The stream ended before the message did'));
  return answer.text;
}

async function post({ baseUrl, model, key }: OpenAiSettings, prompt: Prompt, signal: AbortSignal) {
  const { system, messages, schema } = prompt;
  const authorization = key && bearer(await key());
  const body = {
    model,
    stream: true,
    messages: [{ role: 'system', content: system }, ...messages.map(({ role, text }) => ({ role, content: text }))],
    response_format: { type: 'json_schema', json_schema: { name: schema.name, schema: schema.json } },
  };
  return fetch(`${baseUrl.replace(/\/+$/, '')}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      // A function is frozen between two calls, and the other end may close what it keeps open meanwhile.
      connection: 'close',
      ...(authorization !== undefined && { authorization }),
    },
    body: JSON.stringify(body),
    // The key is for this address, and goes to no other.
    redirect: 'manual',
    signal,
  });
}

/** What fetch says of a header that it can't send holds the header, and would be logged. */
function bearer(key: string): string {
  const token = key.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw failed('internal', new Error('The secret does not hold a key'));
  return `Bearer ${token}`;
}

/** @throws ProviderFailed for what is no chunk, and for an error of the server's among them */
function readChunk(data: string): z.output<typeof Chunk> {
  const chunk = Chunk.safeParse(parse(data));
  if (!chunk.success) throw failed('unavailable', chunk.error);
  const { error } = chunk.data;
  if (error !== undefined && error !== null)
    throw failed(
      isRateLimit(error) ? 'throttled' : 'unavailable',
      new Error('The server ended its stream with an error'),
    );
  return chunk.data;
}

const isRateLimit = (error: unknown): boolean => /rate.?limit|too.?many/i.test(JSON.stringify(error));

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Values of the `data` lines of an event stream. Comments and other fields are passed over; each value is one line here. */
async function* dataLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const piece of bytes) {
    const lines = `${pending}${decoder.decode(piece, { stream: true })}`.split(/\r\n|\n/);
    pending = lines.pop() ?? '';
    if (pending.length > MOST_LINE) throw failed('unavailable', new Error('A line without an end'));
    for (const line of lines) if (line.startsWith('data:')) yield line.slice('data:'.length).trim();
  }
  if (pending.startsWith('data:')) yield pending.slice('data:'.length).trim();
}
