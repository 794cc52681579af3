/**
 * The way to the supervisor: the run comes in on descriptor 3, reports go out on descriptor 4. Functions are taken at
 * import: user code may replace them later.
 */
import { closeSync, fstatSync, readSync, writeSync } from 'node:fs';

const RUN_IN = 3;
const RESULT_OUT = 4;
const READ_BYTES = 1024 * 1024;

const { pid } = process;
const kill = process.kill.bind(process);
const cpuUsage = process.cpuUsage.bind(process);
const now = process.hrtime.bigint.bind(process.hrtime);
const toJson = JSON.stringify;
const toBytes = Buffer.from.bind(Buffer);

export const sayWarm = () => write(toBytes('warm\n'));

/** Waits for the run. @returns `{order, cpuBefore}`, or undefined: no run came */
export function receive() {
  const pieces = [];
  let cpuBefore;
  for (;;) {
    const piece = Buffer.allocUnsafe(READ_BYTES);
    const count = readSync(RUN_IN, piece);
    cpuBefore ??= cpuUsage();
    if (count === 0) break;
    pieces.push(piece.subarray(0, count));
  }
  closeSync(RUN_IN);
  return pieces.length === 0 ? undefined : { order: JSON.parse(Buffer.concat(pieces).toString()), cpuBefore };
}

export class Channel {
  #token;
  #cpuBefore;
  #socket = identity();

  constructor(token, cpuBefore) {
    this.#token = token;
    this.#cpuBefore = cpuBefore;
  }

  sayStart() {
    const { user, system } = cpuUsage(this.#cpuBefore);
    this.#say('start', toJson({ at: Number(now()), cpu: (user + system) * 1000 }));
  }

  sayResult(json, truncated) {
    this.#say('result', `${truncated ? 1 : 0} ${json}`);
  }

  sayError(error) {
    this.#say('error', toJson(error));
  }

  /** The program ends now, with this exit code: waits until the supervisor has seen what it used. */
  sayExiting(code) {
    if (identity() !== this.#socket) return; // user code took the way, where nobody may answer
    this.#say('exiting', code & 0xff);
    readSync(RESULT_OUT, Buffer.allocUnsafe(1));
  }

  #say(kind, rest) {
    // The line end in front ends whatever user code may have written.
    write(toBytes(`\n${this.#token} ${kind} ${rest}\n`));
  }
}

function identity() {
  const { dev, ino } = fstatSync(RESULT_OUT);
  return `${dev}:${ino}`;
}

/** Nothing of the user's runs on while the supervisor takes the figures; it ends us. */
export function stopForGood() {
  kill(pid, 'SIGSTOP');
}

function write(bytes) {
  for (let from = 0; from < bytes.length;) {
    try {
      from += writeSync(RESULT_OUT, bytes, from);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error; // user code may have made it non-blocking
    }
  }
}
