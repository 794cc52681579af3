import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import * as z from 'zod';
import { listen } from '../../local/process/listen';
import { pause } from './wait';

/** Servers on loopback that speak as Amazon Bedrock and as OpenAI's chat completions do, and misbehave as they are told. */

/** What somebody asked of a model, in whichever API. */
export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly system: string;
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  readonly body: Readonly<Record<string, unknown>>;
}

export type Reply =
  /** A whole answer, in pieces; after so many milliseconds without any. */
  | { readonly says: string; readonly afterMs?: number }
  /** Refused before anything is said; `name` is Bedrock's of the error. */
  | { readonly status: number; readonly name?: string }
  /** Says so much, and then nothing for as long as anybody waits. */
  | { readonly silentAfter: string }
  /** Says so much, and closes the connection. */
  | { readonly cutAfter: string }
  /** Says so much, and ends in good order without having finished. */
  | { readonly endsAfter: string }
  /** Says so much, and tells of an error in the stream; of Bedrock's by its name. */
  | { readonly failsAfter: string; readonly name: string }
  /** Says so much, and then bytes that are nothing. */
  | { readonly garbledAfter: string }
  /** A body as it is, with status 200. */
  | { readonly json: unknown };

export interface ModelServer {
  readonly url: string;
  readonly asked: readonly Asked[];
  readonly close: () => Promise<void>;
}

type Answer = (asked: Asked, turn: number) => Reply;

/** Answers one after the other, and the last one again and again. */
export const inTurn =
  (...replies: readonly Reply[]): Answer =>
  (_, turn) =>
    replies[Math.min(turn, replies.length - 1)] ?? { status: 500 };

export const startBedrock = (answer: Answer): Promise<ModelServer> => start(answer, readBedrock, answerAsBedrock);
export const startOpenAi = (answer: Answer): Promise<ModelServer> => start(answer, readOpenAi, answerAsOpenAi);

type Read = (body: unknown) => Pick<Asked, 'system' | 'messages'>;
type Write = (reply: Reply, response: ServerResponse) => void;

async function start(answer: Answer, read: Read, write: Write): Promise<ModelServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body: unknown = JSON.parse(await textOf(request));
      const { url: path = '', headers } = request;
      const one = { path, headers, body: z.record(z.string(), z.unknown()).parse(body), ...read(body) };
      asked.push(one);
      const reply = answer(one, asked.length - 1);
      if ('says' in reply && reply.afterMs !== undefined) await pause(reply.afterMs);
      write(reply, response);
    })();
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, asked, close: () => closed(server) };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const Texts = z.array(z.object({ text: z.string() }));
const Converse = z.looseObject({
  system: Texts.default([]),
  messages: z.array(z.object({ role: z.string(), content: Texts })).default([]),
});
const joined = (texts: z.output<typeof Texts>): string => texts.map(({ text }) => text).join('');

function readBedrock(body: unknown): Pick<Asked, 'system' | 'messages'> {
  const { system, messages } = Converse.parse(body);
  return { system: joined(system), messages: messages.map(({ role, content }) => ({ role, text: joined(content) })) };
}

const Completion = z.looseObject({ messages: z.array(z.object({ role: z.string(), content: z.string() })) });

function readOpenAi(body: unknown): Pick<Asked, 'system' | 'messages'> {
  const [system, ...others] = Completion.parse(body).messages;
  return { system: system?.content ?? '', messages: others.map(({ role, content }) => ({ role, text: content })) };
}

const codec = new EventStreamCodec(toUtf8, fromUtf8);

function frame(kind: 'event' | 'exception', name: string, body: unknown): Uint8Array {
  return codec.encode({
    headers: {
      ':message-type': { type: 'string', value: kind },
      [`:${kind}-type`]: { type: 'string', value: name },
      ':content-type': { type: 'string', value: 'application/json' },
    },
    body: fromUtf8(JSON.stringify(body)),
  });
}

/** Characters of a piece: neither words nor characters of two code units stay whole. */
const PIECE = 7;
const piecesOf = (text: string): string[] => text.match(new RegExp(`[^]{1,${PIECE}}`, 'g')) ?? [];

function answerAsBedrock(reply: Reply, response: ServerResponse): void {
  if ('status' in reply) {
    response.writeHead(reply.status, {
      'content-type': 'application/json',
      ...(reply.name !== undefined && { 'x-amzn-errortype': `${reply.name}:http://internal.example/` }),
    });
    return void response.end(JSON.stringify({ message: 'refused' }));
  }
  if ('json' in reply) {
    response.writeHead(200, { 'content-type': 'application/json' });
    return void response.end(JSON.stringify(reply.json));
  }
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  response.write(frame('event', 'messageStart', { role: 'assistant' }));
  for (const text of piecesOf(saidIn(reply)))
    response.write(frame('event', 'contentBlockDelta', { contentBlockIndex: 0, delta: { text } }));
  finish(reply, response, {
    end: () => {
      response.write(frame('event', 'contentBlockStop', { contentBlockIndex: 0 }));
      response.write(frame('event', 'messageStop', { stopReason: 'end_turn' }));
      const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
      response.write(frame('event', 'metadata', { usage, metrics: { latencyMs: 1 } }));
    },
    fail: (name) => response.write(frame('exception', name, { message: 'it broke' })),
  });
}

function answerAsOpenAi(reply: Reply, response: ServerResponse): void {
  if ('status' in reply) {
    response.writeHead(reply.status, { 'content-type': 'application/json' });
    return void response.end(JSON.stringify({ error: { message: 'refused', type: 'x' } }));
  }
  if ('json' in reply) {
    response.writeHead(200, { 'content-type': 'application/json' });
    return void response.end(JSON.stringify(reply.json));
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (delta: object, finish_reason: string | null = null): void => {
    const data = { id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] };
    response.write(`data: ${JSON.stringify(data)}\n\n`);
  };
  response.write(': comments are no data\n\n');
  chunk({ role: 'assistant', content: null });
  for (const content of piecesOf(saidIn(reply))) chunk({ content });
  finish(reply, response, {
    end: () => {
      chunk({}, 'stop');
      response.write(`data: ${JSON.stringify({ choices: [], usage: { total_tokens: 2 } })}\n\n`);
      response.write('data: [DONE]\n\n');
    },
    fail: (name) => response.write(`data: ${JSON.stringify({ error: { message: 'it broke', code: name } })}\n\n`),
  });
}

type Said = Exclude<Reply, { readonly status: number } | { readonly json: unknown }>;

function saidIn(reply: Said): string {
  if ('says' in reply) return reply.says;
  if ('silentAfter' in reply) return reply.silentAfter;
  if ('cutAfter' in reply) return reply.cutAfter;
  if ('endsAfter' in reply) return reply.endsAfter;
  return 'failsAfter' in reply ? reply.failsAfter : reply.garbledAfter;
}

interface Ending {
  readonly end: () => void;
  readonly fail: (name: string) => void;
}

function finish(reply: Said, response: ServerResponse, { end, fail }: Ending): void {
  if ('silentAfter' in reply) return;
  // What was written before goes out first.
  if ('cutAfter' in reply) return void response.write('', () => response.destroy());
  if ('says' in reply) end();
  if ('failsAfter' in reply) fail(reply.name);
  if ('garbledAfter' in reply) response.write('data: {"choices": [[[\n\n and nothing that anybody could read');
  response.end();
}
