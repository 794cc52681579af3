/** Beside the result: headers, and a message with its stack. */
const OVERHEAD_BYTES = 1024 * 1024;
/** As many bytes as one byte of text can take in JSON. */
const JSON_GROWTH = 6;
const LF = 10;

/**
 * What the child says on descriptor 4. User code can write there as well, so nothing of it is believed unchecked:
 * messages are lines `token kind rest`. The token is new for every run; lines without it are noise and skipped.
 */
export class ResultChannel {
  #mark;
  #limit;
  #total = 0;
  #line = [];
  #stream;

  /** @param listener `{message(kind, rest: Buffer), flooded()}` */
  constructor(stream, token, resultBytes, listener) {
    this.#stream = stream;
    this.#mark = `${token} `;
    this.#limit = resultBytes * JSON_GROWTH + OVERHEAD_BYTES;
    stream.on('data', (bytes) => this.#take(bytes, listener));
    stream.resume();
  }

  /** Lets the child go on that waits for an answer. */
  answer() {
    this.#stream.write('\n');
  }

  #take(bytes, listener) {
    this.#total += bytes.length;
    if (this.#total > this.#limit) {
      this.#line = [];
      listener.flooded();
      return;
    }
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      const line = Buffer.concat([...this.#line, bytes.subarray(start, end)]);
      this.#line = [];
      start = end + 1;
      if (line.toString('latin1', 0, this.#mark.length) === this.#mark) this.#read(line, listener);
    }
    if (start < bytes.length) this.#line.push(bytes.subarray(start));
  }

  #read(line, listener) {
    const from = this.#mark.length;
    const space = line.indexOf(' ', from);
    const end = space < 0 ? line.length : space;
    listener.message(line.toString('latin1', from, end), line.subarray(end + 1));
  }
}

/** `{at, cpu}`: monotonic ns at which user code begins, CPU ns that the harness used to prepare it. */
export function readStart(rest) {
  const { at, cpu } = JSON.parse(rest.toString());
  return { at: Number(at), cpu: Number(cpu) };
}

/** The exit code that the child is about to have, or undefined if it is none. */
export function readExitCode(rest) {
  const text = rest.toString('latin1');
  return /^\d{1,3}$/.test(text) ? Number(text) : undefined;
}

/** The child's error with checked fields, or undefined if it is none. */
export function readError(rest) {
  let error;
  try {
    error = JSON.parse(rest.toString());
  } catch {
    return undefined;
  }
  const { errorType, name, message, stack } = error ?? {};
  const texts = [errorType, name, message, ...(Array.isArray(stack) ? stack : [undefined])];
  return texts.every((text) => typeof text === 'string') ? error : undefined;
}
