import { setTimeout } from 'node:timers/promises';

/** A client that notes when each event came; times are epoch milliseconds with fractions, of this machine's clock. */

export interface Timed {
  readonly seq: number;
  readonly event: string;
  readonly at: number;
  readonly data: {
    readonly invocationId: string;
    readonly ts: string;
    readonly status?: string;
    readonly line?: string;
  };
}

export interface Followed {
  /** When the first byte of the answer came. */
  readonly firstByteAt: number;
  readonly events: readonly Timed[];
}

export const now = (): number => performance.timeOrigin + performance.now();

const PATIENCE_MS = 120_000;

export async function startRun(
  url: string,
  request: unknown,
): Promise<{ id: string; streamUrl: string; sentAt: number; acceptedAt: number }> {
  const sentAt = now();
  const response = await fetch(`${url}/invocations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (response.status !== 202) throw new Error(`POST /invocations: ${response.status} ${await response.text()}`);
  const { invocationId, streamUrl } = (await response.json()) as { invocationId: string; streamUrl: string };
  return { id: invocationId, streamUrl, sentAt, acceptedAt: now() };
}

/** Where all places for viewers are taken, comes back when it is told to. */
export async function openStream(address: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    const response = await fetch(address, { headers, signal });
    if (response.status !== 503 && response.status !== 429) return response;
    await response.body?.cancel();
    await setTimeout(Number(response.headers.get('Retry-After') ?? 1) * 1000, undefined, { signal });
  }
}

/** Follows a run to its end. */
export async function follow(url: string, streamUrl: string): Promise<Followed> {
  const response = await openStream(url + streamUrl);
  if (!response.ok || !response.body) throw new Error(`GET ${streamUrl}: ${response.status}`);
  const events: Timed[] = [];
  let firstByteAt = 0;
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    const at = now();
    firstByteAt ||= at;
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, seq, event, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      if (data !== undefined)
        events.push({ seq: Number(seq), event: event ?? '', at, data: JSON.parse(data) as Timed['data'] });
    }
  }
  return { firstByteAt, events };
}

export interface Whole extends Followed {
  readonly sentAt: number;
  readonly acceptedAt: number;
  readonly completeAt: number;
}

/** Starts a run and follows it at once, as a page does. */
export async function runAndFollow(url: string, request: unknown): Promise<Whole> {
  const { streamUrl, sentAt, acceptedAt } = await startRun(url, request);
  const followed = await follow(url, streamUrl);
  const last = followed.events.at(-1);
  if (last?.event !== 'COMPLETE' || last.data.status !== 'COMPLETED')
    throw new Error(`no clean end: ${JSON.stringify(last)}`);
  return { ...followed, sentAt, acceptedAt, completeAt: last.at };
}

/** @returns milliseconds that it took */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = now();
  await work();
  return now() - startedAt;
}

/** One request that must succeed. @returns the answer's JSON */
export async function call(url: string, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(url + path, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
