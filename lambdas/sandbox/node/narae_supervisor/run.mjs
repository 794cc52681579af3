import { randomBytes } from 'node:crypto';
import { LogFrames } from './log-frames.mjs';
import { Meter } from './meter.mjs';
import { Output } from './output.mjs';
import { ProcessTree } from './process-tree.mjs';
import { readExitCode, readStart, ResultChannel } from './result-channel.mjs';
import { childDocument } from './run-spec.mjs';
import * as treeEnd from './tree-end.mjs';
import * as verdicts from './verdict.mjs';

const START_TIMEOUT_MS = 15_000;
/** How often memory is looked at, ms; near the limit it is looked at more closely. */
const LOOK_MS = 20;
const CLOSE_LOOK_MS = 5;

/** The child was gone before it had the whole order: user code was not started. */
export class ChildLost extends Error {}

/** One run: hand it to a child, pass on what the child prints, watch its limits, end it, say how it ended. */
export class Run {
  #spec;
  #child;
  #settings;
  #send;
  #tree;
  #meter;
  #logs;
  #outputs;
  #results;
  #failure;
  #announcedCode;
  #verdict;
  #killed = false;
  #deadline;
  #look;
  #over;
  #resolve;
  #reject;

  /** @param send takes frames */
  constructor(spec, child, settings, send) {
    this.#spec = spec;
    this.#child = child;
    this.#settings = settings;
    this.#send = send;
    this.#tree = new ProcessTree(child.pid, child.scratch, settings.family);
    this.#meter = new Meter(this.#tree, spec.limits.memoryMb);
    this.#logs = new LogFrames(send, spec.limits);
    this.#over = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /**
   * Runs to the end and sends all frames up to `usage`.
   * @returns whether all processes of the run are gone
   * @throws ChildLost; the child must be discarded then
   */
  async execute() {
    const { limits, isScript } = this.#spec;
    const token = randomBytes(16).toString('hex');
    this.#outputs = ['stdout', 'stderr'].map(
      (name) => new Output(name, this.#child[name], limits, this.#logs, isScript),
    );
    this.#results = new ResultChannel(this.#child.results, token, limits.resultBytes, {
      message: (kind, rest) => this.#take(kind, rest),
      flooded: () => this.#kill(verdicts.invalid('More was written than a result can hold.')),
    });
    this.#deadline = setTimeout(() => this.#lose(), START_TIMEOUT_MS);
    void this.#child.exit.then(() => this.#noteExit());
    this.#child.runIn.end(childDocument(this.#spec, token));
    try {
      await this.#over;
    } finally {
      clearTimeout(this.#deadline);
      clearTimeout(this.#look);
    }
    return this.#finish();
  }

  cancel() {
    if (this.#meter.started) this.#kill(verdicts.cancelled());
  }

  #take(kind, rest) {
    if (this.#verdict) return;
    if (!this.#meter.started) {
      if (kind === 'start') this.#start(readStart(rest));
    } else if (kind === 'result') {
      this.#end(verdicts.resultOf(rest, this.#spec));
    } else if (kind === 'error') {
      this.#takeError(verdicts.errorOf(rest));
    } else if (kind === 'exiting') {
      this.#announcedCode = readExitCode(rest);
      // The program waits: it is the last moment at which what it used can be seen.
      this.#tree.update();
      this.#meter.look();
      this.#results.answer();
    }
  }

  #start({ at, cpu }) {
    const sinceStartMs = (Number(process.hrtime.bigint()) - at) / 1e6;
    this.#meter.start(at, cpu);
    this.#send({ t: 'start', at: Math.round(Date.now() - sinceStartMs) });
    this.#logs.open();
    clearTimeout(this.#deadline);
    const { timeoutMs } = this.#spec.limits;
    // A timer of Node may be up to 1 ms early.
    const left = Math.ceil(timeoutMs - sinceStartMs) + 1;
    this.#deadline = setTimeout(() => this.#kill(verdicts.timedOut(timeoutMs)), left);
    this.#look = setTimeout(() => this.#lookAtMemory(), LOOK_MS);
  }

  /** A handler's error is its end. A script goes on to its exit, which may say that it was none. */
  #takeError(frame) {
    if (this.#spec.isScript) this.#failure = frame;
    else this.#end(frame);
  }

  #lookAtMemory() {
    this.#tree.update();
    if (this.#meter.exceedsMemory()) this.#kill(verdicts.outOfMemory(this.#spec.limits.memoryMb));
    const wait = this.#meter.isNearMemoryLimit ? CLOSE_LOOK_MS : LOOK_MS;
    if (!this.#verdict) this.#look = setTimeout(() => this.#lookAtMemory(), wait);
  }

  #noteExit() {
    // What it said last may not have been read yet, though it was written before.
    setImmediate(() => (this.#meter.started ? this.#end(new verdicts.Exit(this.#failure)) : this.#lose()));
  }

  #lose() {
    this.#reject(new ChildLost());
  }

  #kill(frame) {
    if (this.#verdict) return;
    this.#killed = true;
    this.#end(frame);
  }

  #end(frame) {
    if (this.#verdict) return;
    this.#meter.stop(Number(process.hrtime.bigint()));
    this.#verdict = frame;
    this.#resolve();
  }

  async #finish() {
    if (this.#killed || this.#tree.update().length > 1) treeEnd.stop(this.#tree);
    this.#meter.look();
    const clean = await treeEnd.end(this.#tree, this.#child, this.#settings);
    await Promise.all(this.#outputs.map((output) => output.drain()));
    this.#logs.flush();
    if (this.#spec.isScript) this.#sendOutput();
    const { frame, code, signal } = this.#killed
      ? { frame: this.#verdict, code: null, signal: 'SIGKILL' }
      : verdicts.settle(this.#verdict, this.#spec, await this.#ending(), this.#outputs[1].tail, this.#meter);
    this.#send(frame);
    this.#send(this.#meter.frame(code, signal));
    return clean;
  }

  async #ending() {
    if (!this.#child.hasExited) return [null, null];
    return verdicts.readExit(await this.#child.exit, this.#child.launched, this.#announcedCode);
  }

  #sendOutput() {
    const [stdout, stderr] = this.#outputs;
    const frame = { t: 'output', stdout: stdout.text(), stderr: stderr.text() };
    this.#send({ ...frame, stdoutTruncated: stdout.truncated, stderrTruncated: stderr.truncated });
  }
}
