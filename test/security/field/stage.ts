import { randomBytes, randomUUID } from 'node:crypto';
import type { Target } from '../../support/api';
import { record, start, type Request } from '../../support/invocations';
import { RawStream } from '../../support/raw-sse';
import type { Language, Outcome } from '../attacks/attack';

/** The stage under attack, and what is known of it. */
export interface Stage {
  readonly to: Target;
  /** See `AttackEvent`. */
  readonly files: readonly string[];
  readonly ports: readonly number[];
}

/** A value to look for later: nobody but its owner may ever see it. */
export const newCanary = (): string => `canary-${randomBytes(16).toString('hex')}`;
export const newMark = (): string => `mark-${randomUUID()}`;

/** A lost worker is seen no later than this after the time limit (docs/contracts/invocations.md#time). */
const LOST_WORKER_MS = 60_000;
/** Until the code starts: sandboxes may be cold, and the machine busy. */
const START_MS = 60_000;

/** Runs code to its end, as a viewer that is there from the start. Throws when it has not ended in time. */
export async function runAndWatch(stage: Stage, request: Request & { readonly timeoutMs: number }): Promise<Outcome> {
  const { invocationId, streamUrl } = await start(request, { to: stage.to });
  const viewer = new RawStream(streamUrl, {}, stage.to);
  try {
    const stream = await viewer.toTheEnd(request.timeoutMs + LOST_WORKER_MS + START_MS);
    const ended = await record(invocationId, stage.to);
    return { record: ended, stream, value: valueOf(ended.result?.body) };
  } finally {
    viewer.hangUp();
  }
}

function valueOf(body: string | undefined): unknown {
  try {
    return body === undefined ? undefined : (JSON.parse(body) as unknown);
  } catch {
    return undefined;
  }
}

/** Programs that say whether the first process in sight is the launcher of full isolation: then there are walls. */
const PROBES: Readonly<Record<Language, string>> = {
  python: 'def handler(event):\n    return b"bwrap" in open("/proc/1/cmdline", "rb").read()\n',
  node: 'exports.handler = () => require("fs").readFileSync("/proc/1/cmdline").includes("bwrap");\n',
};

/** Whether user code has walls of its own there, beyond those of a Lambda environment. */
export async function isWalled(stage: Stage, language: Language): Promise<boolean> {
  const { value, record: ended } = await runAndWatch(stage, {
    code: PROBES[language],
    runtime: language,
    timeoutMs: 10_000,
  });
  if (ended.status !== 'COMPLETED') throw new Error(`The probe failed: ${ended.errorMessage ?? ''}`);
  return value === true;
}
