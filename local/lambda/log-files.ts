import { createWriteStream, existsSync, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import path from 'node:path';
import type { LogSink } from './environment-log';

/** A log file is put aside (one generation is kept) when it has grown to this. */
const ROTATE_BYTES = 10 * 1024 * 1024;

/** One file per function: `<dir>/<function>.log`. */
export class LogFiles {
  readonly #dir: string;

  readonly #files = new Map<string, RotatingFile>();

  constructor(dir: string) {
    this.#dir = dir;

    mkdirSync(dir, { recursive: true });
  }

  of(functionName: string): LogSink {
    let file = this.#files.get(functionName);
    if (!file) {
      file = new RotatingFile(path.join(this.#dir, `${functionName}.log`));
      this.#files.set(functionName, file);
    }
    return file;
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
  }
}

class RotatingFile implements LogSink {
  readonly #file: string;

  #stream: WriteStream | undefined;
  #bytes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  write(line: string): void {
    if (this.#bytes > ROTATE_BYTES) this.#rotate();
    this.#stream ??= this.#open();
    this.#bytes += Buffer.byteLength(line) + 1;
    this.#stream.write(`${line}\n`);
  }

  close(): void {
    this.#stream?.end();
    this.#stream = undefined;
  }

  #open(): WriteStream {
    this.#bytes = existsSync(this.#file) ? statSync(this.#file).size : 0;
    const stream = createWriteStream(this.#file, { flags: 'a' });
    // A full disk costs log lines, not invocations.
    stream.on('error', () => undefined);
    return stream;
  }

  #rotate(): void {
    this.close();
    this.#bytes = 0;
    try {
      renameSync(this.#file, `${this.#file}.1`);
    } catch {
      // Someone removed it: a new one begins.
    }
  }
}
