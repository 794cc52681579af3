import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import type { FunctionDefinition } from './definition';
import { exited, failure, initTimedOut, responseTooLarge, timedOut, type FunctionFailure } from './failure';
import { InvalidEntrypoint, startFunctionProcess, type FunctionProcess, type Surroundings } from './function-process';
import type { EnvironmentLog } from './environment-log';
import { messageOf } from '../process/errors';
import type { Freezer, Frozen } from './freezing/freezer';
import { killMentioning, killTree } from './process-tree';
import * as answers from './response';
import { RuntimeApi, type Invocation } from './runtime-api';

export interface EnvironmentOptions {
  readonly definition: FunctionDefinition;
  readonly tenantId: string | undefined;
  /** The unpacked package. */
  readonly taskRoot: string;
  /** Folder under which this environment gets its temporary folder. */
  readonly scratchRoot: string;
  readonly surroundings: Surroundings;
  readonly log: EnvironmentLog;
  readonly initTimeoutMs: number;
  /** Stops it while it has nothing to do; undefined: it goes on. */
  readonly freezer: Freezer | undefined;
}

/** What the owner of an environment learns about it. */
export interface EnvironmentEvents {
  /** It can take the next invocation. */
  idle(): void;
  /** It is gone; `initFailure` where it never came up. Called once. */
  gone(initFailure: FunctionFailure | undefined): void;
}

/** The invocation that an environment works on. */
interface Work {
  readonly invocation: Invocation;
  readonly startedAt: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (result: answers.InvokeResult) => void;
  streamed?: answers.StreamedAnswer;
  /** The answer is complete; perhaps only the poll for the next invocation is missing. */
  answered: boolean;
}

/**
 * One execution environment: a process, its Runtime API and its temporary folder. It takes one invocation at a time.
 * What ends it (time-out, exit, memory) ends the whole process tree; it is then gone for good.
 */
export class ExecutionEnvironment {
  readonly #options: EnvironmentOptions;
  readonly #events: EnvironmentEvents;

  readonly id = randomUUID().replaceAll('-', '');
  readonly definition: FunctionDefinition;
  readonly tenantId: string | undefined;
  /** When it last became idle, epoch ms. */
  idleSince = Date.now();
  #state: 'starting' | 'idle' | 'busy' | 'gone' = 'starting';
  #work: Work | undefined;
  #api: RuntimeApi | undefined;
  #process: FunctionProcess | undefined;
  /** While it is idle. */
  #frozen: Frozen | undefined;
  #initTimer: NodeJS.Timeout | undefined;
  /** The runtime waits for its next invocation. */
  #polling = false;
  readonly #createdAt = performance.now();
  #initMs: number | undefined;
  #peakBytes = 0;

  constructor(options: EnvironmentOptions, events: EnvironmentEvents) {
    this.#options = options;
    this.#events = events;

    this.definition = options.definition;
    this.tenantId = options.tenantId;
    void this.#initialize();
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get busy(): boolean {
    return this.#state === 'busy';
  }

  /** Runs one invocation. Only for an idle environment. Never rejects. */
  invoke(invocation: Invocation): Promise<answers.InvokeResult> {
    const api = this.#api;
    if (this.#state !== 'idle' || !api) throw new Error('The environment is not idle.');
    this.#state = 'busy';
    this.#frozen?.thaw();
    this.#frozen = undefined;
    this.#options.log.begin(invocation.requestId, this.definition.version);
    return new Promise((resolve) => {
      const late = () => this.#end(timedOut(invocation.requestId, this.definition.timeoutMs));
      const timer = setTimeout(late, Math.max(0, invocation.deadlineMs - Date.now()));
      this.#work = { invocation, startedAt: performance.now(), timer, resolve, answered: false };
      this.#polling = false;
      api.offer(invocation);
    });
  }

  /** Told by whoever watches memory: what its process tree takes now. */
  noteMemory(bytes: number): void {
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
  }

  endForMemory(): void {
    this.#end(exited(this.#work?.invocation.requestId ?? '', 'signal: killed'));
  }

  /** Ends it, and with it what it works on. */
  stop(): void {
    this.#end(failure('Runtime.ExitError', 'The environment was stopped.'));
  }

  async #initialize(): Promise<void> {
    const { definition, initTimeoutMs, log, surroundings, taskRoot } = this.#options;
    this.#initTimer = setTimeout(() => this.#end(initTimedOut(initTimeoutMs)), initTimeoutMs);
    try {
      const scratch = this.#scratch();
      await mkdir(scratch, { recursive: true, mode: 0o700 });
      this.#api = await RuntimeApi.listen({
        polled: () => this.#polled(),
        initFailed: (reported) => this.#end(reported),
        responded: (request, accept) => void this.#responded(request, accept),
        failed: (reported) => this.#answered({ ok: false, failure: reported }),
      });
      const runtimeApiPort = this.#api.port;
      if (this.#isGone()) {
        this.#clean();
        return;
      }
      const logStream = log.stream;
      this.#watch(startFunctionProcess({ definition, taskRoot, scratch, runtimeApiPort, logStream, surroundings }));
    } catch (error) {
      const type = error instanceof InvalidEntrypoint ? 'Runtime.InvalidEntrypoint' : 'ServiceException';
      this.#end(failure(type, messageOf(error)));
    }
  }

  #watch(child: FunctionProcess): void {
    this.#process = child;
    this.#options.log.follow(child.stdout);
    this.#options.log.follow(child.stderr);
    child.once('error', (error) => this.#end(failure('Runtime.InvalidEntrypoint', error.message)));
    child.once('exit', (code, signal) => {
      const how = signal === null ? `exit status ${code ?? 'unknown'}` : `signal: ${signalText(signal)}`;
      this.#end(exited(this.#work?.invocation.requestId ?? '', how));
    });
  }

  #polled(): void {
    this.#polling = true;
    if (this.#state === 'starting') {
      clearTimeout(this.#initTimer);
      this.#initMs = performance.now() - this.#createdAt;
      this.#becomeIdle();
    } else if (this.#work?.answered) {
      this.#finishWork(this.#work);
    }
  }

  async #responded(request: IncomingMessage, accept: (status: number) => void): Promise<void> {
    if (answers.isStreaming(request)) {
      const streamed = answers.streamAnswer(request, () => {
        accept(202);
        this.#answered();
      });
      if (this.#work) this.#work.streamed = streamed;
      this.#work?.resolve({ ok: true, response: streamed.response });
      return;
    }
    const content = await answers.readAnswer(request);
    accept(content === undefined ? 413 : 202);
    if (content === undefined) {
      this.#answered({ ok: false, failure: responseTooLarge(answers.BUFFERED_RESPONSE_LIMIT) });
    } else {
      this.#answered({ ok: true, response: answers.bufferedResponse(content, request.headers['content-type']) });
    }
  }

  /** The answer is complete. The environment is free once the runtime has also asked for more. */
  #answered(result?: answers.InvokeResult): void {
    const work = this.#work;
    if (!work) return;
    if (result) work.resolve(result);
    work.answered = true;
    if (this.#polling) this.#finishWork(work);
  }

  #finishWork(work: Work): void {
    this.#closeWork(work);
    this.#becomeIdle();
  }

  #closeWork(work: Work): void {
    clearTimeout(work.timer);
    this.#work = undefined;
    this.#options.log.end({
      requestId: work.invocation.requestId,
      durationMs: performance.now() - work.startedAt,
      initMs: this.#initMs,
      memoryMb: this.definition.memoryMb,
      peakBytes: this.#peakBytes,
    });
    this.#initMs = undefined;
  }

  #becomeIdle(): void {
    this.#state = 'idle';
    this.idleSince = Date.now();
    this.#events.idle();
    // It may have been given work at once, or been ended.
    if (this.#isIdle() && this.pid !== undefined) this.#frozen = this.#options.freezer?.freeze(this.pid);
  }

  #isIdle(): boolean {
    return this.#state === 'idle';
  }

  #isGone(): boolean {
    return this.#state === 'gone';
  }

  #end(reason: FunctionFailure): void {
    if (this.#isGone()) return;
    const initFailure = this.#state === 'starting' ? reason : undefined;
    this.#state = 'gone';
    clearTimeout(this.#initTimer);
    if (this.pid !== undefined) killTree(this.pid);
    this.#frozen?.thaw();
    killMentioning(this.#scratch());
    const work = this.#work;
    if (work) {
      this.#closeWork(work);
      work.streamed?.finish(reason);
      work.resolve({ ok: false, failure: reason });
    }
    this.#clean();
    this.#events.gone(initFailure);
  }

  #clean(): void {
    this.#api?.close();
    this.#options.log.close();
    // User code may have left anything in it; what can't be removed now goes with the whole folder at the next start.
    void rm(this.#scratch(), { recursive: true, force: true }).catch(() => undefined);
  }

  #scratch(): string {
    return path.join(this.#options.scratchRoot, this.id);
  }
}

/** As Go names signals, which is what Lambda prints. */
const signalText = (signal: NodeJS.Signals) => (signal === 'SIGKILL' ? 'killed' : signal.slice(3).toLowerCase());
