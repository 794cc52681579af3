import { setTimeout as delay } from 'node:timers/promises';
import { cutToBytes } from './frames.mjs';
import { LineSplitter, withoutSplitCharacter } from './line-splitter.mjs';

/** Should somebody have escaped who keeps the pipe open: what it held has long been read then. */
const DRAIN_MS = 100;
const TAIL_BYTES = 4096;

/** One output stream of the child: read to its end, shown as log lines and, for scripts, kept as it is. */
export class Output {
  /** Of what was kept something was cut off. */
  truncated = false;
  /** The last bytes that were written. */
  tail = Buffer.alloc(0);
  #name;
  #stream;
  #logs;
  #splitter;
  #keepBytes;
  #kept = [];
  #keptBytes = 0;
  #cutAt;
  #closed;

  constructor(name, stream, limits, logs, keep) {
    this.#name = name;
    this.#stream = stream;
    this.#logs = logs;
    this.#splitter = new LineSplitter(limits.lineBytes);
    this.#keepBytes = keep ? limits.outputBytes : 0;
    this.#closed = new Promise((resolve) => stream.once('close', resolve));
    stream.on('error', () => undefined); // it closes as well
    stream.on('data', (bytes) => this.#take(bytes));
    stream.resume();
  }

  /** Takes what is left when all writers are gone. */
  async drain() {
    await Promise.race([this.#closed, delay(DRAIN_MS)]);
    this.#stream.destroy();
    if (!this.#logs.dropping) this.#logs.add(this.#name, this.#splitter.rest());
  }

  #take(bytes) {
    // What stays is copied: the memory that the bytes are in belongs to the reader.
    if (this.tail.length === TAIL_BYTES && bytes.length >= TAIL_BYTES)
      bytes.copy(this.tail, 0, bytes.length - TAIL_BYTES);
    else this.tail = Buffer.concat([this.tail, bytes.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
    if (this.#keepBytes > 0 && !this.truncated) this.#keep(bytes);
    // Past the limits the program runs on and its output is thrown away unseen.
    if (!this.#logs.dropping) this.#logs.add(this.#name, this.#splitter.push(bytes));
  }

  #keep(bytes) {
    const room = this.#keepBytes - this.#keptBytes;
    if (bytes.length > room) {
      this.truncated = true;
      this.#cutAt = bytes[room];
    }
    this.#kept.push(Buffer.from(bytes.subarray(0, room)));
    this.#keptBytes += Math.min(bytes.length, room);
  }

  /** What was kept, as text of at most the limit's bytes. */
  text() {
    const bytes = Buffer.concat(this.#kept);
    const text = (this.truncated ? withoutSplitCharacter(bytes, this.#cutAt) : bytes).toString('utf8');
    const shown = cutToBytes(text, this.#keepBytes);
    this.truncated ||= shown.length < text.length;
    return shown;
  }
}
