import { setTimeout } from 'node:timers/promises';
import { InvokeWithResponseStreamCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { isNotStarted } from '../../platform/aws/not-started';
import { FrameReader, frameOrder, WorkerLost, type Frame } from './frames';
import type { RuntimeName } from '../../platform/runtimes';
import type { Sandboxes } from './sandboxes';

/** What the supervisor itself needs of a tier, MiB. */
const SUPERVISOR_MB = 128;
/** How often a full platform is asked again before the run is given up. */
const MAX_TRIES = 8;

export interface SandboxCall {
  readonly runtime: RuntimeName;
  readonly memoryMb: number;
  readonly tenant: string;
  /** The event of the protocol, as JSON text. */
  readonly event: string;
  /** Ends the reading, not the sandbox: that has its own deadline. */
  readonly signal: AbortSignal;
  /** Told of each refusal after which the platform is asked again. */
  readonly onRefusal?: ((cause: Error) => void) | undefined;
}

/** The smallest tier that has room for the run beside its supervisor; the largest serves all above it. */
export function sandboxFor(sandboxes: Sandboxes, runtime: RuntimeName, memoryMb: number): string {
  const tiers = sandboxes[runtime];
  const tier = tiers.find(([tierMb]) => tierMb - SUPERVISOR_MB >= memoryMb) ?? tiers.at(-1);
  if (!tier) throw new Error(`No sandbox for ${runtime}`);
  return tier[1];
}

export class SandboxClient {
  readonly #lambda: LambdaClient;
  readonly #sandboxes: Sandboxes;

  constructor(lambda: LambdaClient, sandboxes: Sandboxes) {
    this.#lambda = lambda;
    this.#sandboxes = sandboxes;
  }

  /**
   * Executes one run and yields its frames up to and including `end`.
   * @throws SandboxFull when there was none to be had, WorkerLost when it died or broke the protocol
   */
  async *run(call: SandboxCall): AsyncGenerator<Frame> {
    const stream = await this.#invoke(call);
    const reader = new FrameReader();
    const checkOrder = frameOrder();
    let ended = false;
    for await (const item of stream) {
      if (item.InvokeComplete?.ErrorCode) {
        throw new WorkerLost(
          `sandbox failed: ${item.InvokeComplete.ErrorCode} ${item.InvokeComplete.ErrorDetails ?? ''}`.slice(0, 500),
        );
      }
      for (const frame of reader.push(Buffer.from(item.PayloadChunk?.Payload ?? []))) {
        checkOrder(frame);
        ended = frame.t === 'end';
        yield frame;
      }
    }
    if (!ended) throw new WorkerLost('sandbox ended without its last frame');
  }

  async #invoke(call: SandboxCall) {
    const command = new InvokeWithResponseStreamCommand({
      FunctionName: sandboxFor(this.#sandboxes, call.runtime, call.memoryMb),
      TenantId: call.tenant,
      Payload: Buffer.from(call.event),
    });
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { EventStream } = await this.#lambda.send(command, { abortSignal: call.signal });
        if (!EventStream) throw new WorkerLost('sandbox answered without a stream');
        return EventStream;
      } catch (error) {
        // Only what certainly did not start may be tried again: after anything else the user's code may be running.
        if (!isNotStarted(error)) throw asLost(error);
        if (attempt === MAX_TRIES || call.signal.aborted)
          throw new SandboxFull('no sandbox to be had', { cause: error });
        call.onRefusal?.(error);
        await jitteredWait(attempt, call.signal);
      }
    }
  }
}

/** There was no environment to be had, for as long as was asked: nothing was started. */
export class SandboxFull extends WorkerLost {}

const asLost = (error: unknown): WorkerLost =>
  error instanceof WorkerLost
    ? error
    : new WorkerLost(error instanceof Error ? error.name : 'sandbox cannot be reached', { cause: error });

/** Full jitter over an exponential ceiling: 0 to 200 ms, 400 ms, ... 5 s. */
async function jitteredWait(attempt: number, signal: AbortSignal): Promise<void> {
  const ceiling = Math.min(5_000, 100 * 2 ** attempt);
  await setTimeout(Math.random() * ceiling, undefined, { signal }).catch(() => undefined);
}
