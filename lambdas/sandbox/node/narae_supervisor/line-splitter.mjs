import { cutToBytes } from './frames.mjs';

const LF = 10;
const CR = 13;

/**
 * Bytes of one output stream become lines of text. Ends of lines are LF or CR LF. Of a line longer than `lineBytes`
 * only the beginning is kept, and it is flagged. Holds at most one line and never more of it than can be shown.
 */
export class LineSplitter {
  #lineBytes;
  #begun = [];
  #begunBytes = 0;
  #began = false;

  constructor(lineBytes) {
    this.#lineBytes = lineBytes;
  }

  /** Yields `[text, cut]` for each line that is complete with these bytes. */
  *push(bytes) {
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      this.#keep(bytes, start, end);
      yield this.#finish();
      start = end + 1;
    }
    if (start < bytes.length) this.#keep(bytes, start, bytes.length);
  }

  /** Yields the last line if it had no end. */
  *rest() {
    if (this.#began) yield this.#finish();
  }

  #keep(bytes, start, end) {
    this.#began = true;
    // Room for the line, a CR behind it, and one byte that tells that there was more.
    const room = this.#lineBytes + 2 - this.#begunBytes;
    if (room <= 0) return;
    // The memory that the bytes are in belongs to the reader: what stays is copied, and no more than stays.
    const piece = Buffer.from(bytes.subarray(start, Math.min(end, start + room)));
    this.#begun.push(piece);
    this.#begunBytes += piece.length;
  }

  #finish() {
    let line = this.#begun.length === 1 ? this.#begun[0] : Buffer.concat(this.#begun);
    this.#begun = [];
    this.#begunBytes = 0;
    this.#began = false;
    if (line.at(-1) === CR) line = line.subarray(0, -1);
    const cut = line.length > this.#lineBytes;
    if (cut) line = withoutSplitCharacter(line.subarray(0, this.#lineBytes), line[this.#lineBytes]);
    const text = line.toString('utf8');
    const shown = cutToBytes(text, this.#lineBytes); // what is not UTF-8 grows: U+FFFD has three bytes
    return [shown, cut || shown.length < text.length];
  }
}

/** Takes off the beginning of a character whose rest, from `following` on, was cut away. */
export function withoutSplitCharacter(bytes, following) {
  if ((following & 0xc0) !== 0x80) return bytes;
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back];
    if ((byte & 0xc0) !== 0x80) return byte >= 0xc0 ? bytes.subarray(0, -back) : bytes;
  }
  return bytes;
}
