import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { makePipes } from './pipes.mjs';
import * as scratch from './scratch.mjs';
import { childCommand, childEnvironment } from './settings.mjs';

const WARM_TIMEOUT_MS = 10_000;
const LAST_WORDS_CHARS = 2048;

/** Children that are alive. Nothing of theirs runs on without a supervisor, whatever ends it. */
const alive = new Set();
process.on('exit', () => alive.forEach(({ pid }) => killGroup(pid)));

/** The child did not come up; the message says what it printed. */
export class ChildFailed extends Error {}

/** A child: the process that will run user code once. Started ahead of its run, it waits with the harness loaded. */
export class Child {
  hasExited = false;

  /**
   * Starts a child and waits until it is warm.
   * @throws ChildFailed
   */
  static async start(settings) {
    const folder = scratch.create(settings.scratchBase);
    let child;
    try {
      const pipes = await makePipes(folder, 2);
      child = new Child(settings, folder, pipes);
      await child.#warmUp();
      return child;
    } catch (error) {
      if (child) await child.discard();
      else scratch.remove(folder);
      throw error instanceof ChildFailed ? error : new ChildFailed(`no child: ${error.message}`, { cause: error });
    }
  }

  constructor(settings, folder, pipes) {
    this.scratch = folder;
    this.launched = settings.launcher.length > 0;
    const [program, ...args] = childCommand(settings, folder);
    const child = spawn(program, args, {
      cwd: folder,
      env: childEnvironment(settings, folder),
      stdio: ['ignore', ...pipes.map(({ give }) => give), 'pipe', 'pipe'],
      // A session of its own: signals to it are for it alone, and it has no terminal.
      detached: true,
    });
    for (const pipe of pipes) pipe.given();
    this.pid = child.pid;
    if (this.pid !== undefined) alive.add(this);
    /** The end of the process: `[exit code, signal]`. */
    this.exit = new Promise((resolve) => {
      const note = (code, signal) => {
        this.hasExited = true;
        alive.delete(this);
        resolve([code, signal]);
      };
      child.once('exit', note);
      child.once('error', () => note(127, null));
    });
    const [, stdout, stderr, runIn, results] = child.stdio;
    this.stdout = pipes[0].stream ?? stdout;
    this.stderr = pipes[1].stream ?? stderr;
    this.runIn = runIn;
    this.results = results;
    // A child that ends early breaks its pipes; its exit tells.
    for (const stream of [this.stdout, this.stderr, this.runIn, this.results]) stream?.on('error', () => undefined);
    this.#volunteerForTheOomKiller();
  }

  async #warmUp() {
    let words = '';
    const listen = (bytes) => (words += bytes);
    this.stderr?.on('data', listen);
    const late = new AbortController();
    const greeting = await Promise.race([
      this.results && once(this.results, 'data', { signal: late.signal }).catch(() => undefined),
      this.exit.then(() => delay(20)), // what it printed may still be on its way
      delay(WARM_TIMEOUT_MS, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
    late.abort();
    this.stderr?.off('data', listen);
    this.stderr?.pause();
    this.results?.pause();
    if (String(greeting?.[0]) !== 'warm\n')
      throw new ChildFailed(`the child did not come up: ${words.slice(-LAST_WORDS_CHARS).trim()}`);
  }

  /** If the environment runs out of memory the kernel shall end user code, not its supervisor. */
  #volunteerForTheOomKiller() {
    try {
      writeFileSync(`/proc/${this.pid}/oom_score_adj`, '1000');
    } catch {
      // It is gone already, or the kernel does not let us.
    }
  }

  /** Ends a child that has run nothing. */
  async discard() {
    if (this.pid !== undefined && !this.hasExited) {
      killGroup(this.pid);
      await Promise.race([this.exit, delay(1_000)]);
    }
    this.dispose();
  }

  /** Lets go of what belonged to it; its processes must have ended. */
  dispose() {
    for (const stream of [this.stdout, this.stderr, this.runIn, this.results]) stream?.destroy();
    try {
      scratch.remove(this.scratch);
    } catch (error) {
      console.error(`narae supervisor: ${this.scratch} is left: ${error.message}`);
    }
  }
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
