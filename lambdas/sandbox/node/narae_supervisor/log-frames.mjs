const COALESCE_MS = 20;
const FRAME_CHARS = 64 * 1024;

/**
 * Log frames: lines within a run's limits, gathered for at most 20 ms. A first line goes out at once, what follows
 * within 20 ms goes together. Before `open` nothing goes out: output may arrive before the word that code has started.
 */
export class LogFrames {
  /** The limits are reached: what comes is thrown away. */
  dropping = false;
  #send;
  #bytesLeft;
  #linesLeft;
  #isOpen = false;
  #waiting = [];
  #waitingChars = 0;
  #sentAt = -Infinity;
  #timer;

  constructor(send, limits) {
    this.#send = send;
    this.#bytesLeft = limits.logBytes;
    this.#linesLeft = limits.logLines;
  }

  open() {
    this.#isOpen = true;
    this.#schedule();
  }

  /** Takes `[text, cut]` pairs. */
  add(stream, lines) {
    for (const [text, cut] of lines) {
      if (this.dropping) return;
      const bytes = Buffer.byteLength(text);
      if (this.#linesLeft < 1 || this.#bytesLeft < bytes) {
        this.#drop();
        return;
      }
      this.#linesLeft -= 1;
      this.#bytesLeft -= bytes;
      this.#append(stream, text, cut);
    }
    this.#schedule();
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { cut, ...frame } of this.#waiting) this.#send(cut.length > 0 ? { ...frame, cut } : frame);
    if (this.#waiting.length > 0) this.#sentAt = performance.now();
    this.#waiting = [];
    this.#waitingChars = 0;
  }

  #append(stream, text, cut) {
    let frame = this.#waiting.at(-1);
    if (frame?.s !== stream) {
      frame = { t: 'log', s: stream, at: Date.now(), l: [], cut: [] };
      this.#waiting.push(frame);
    }
    if (cut) frame.cut.push(frame.l.length);
    frame.l.push(text);
    this.#waitingChars += text.length + 1;
    if (this.#waitingChars >= FRAME_CHARS && this.#isOpen) this.flush();
  }

  #schedule() {
    if (!this.#isOpen || this.#waiting.length === 0 || this.#timer) return;
    const wait = this.#sentAt + COALESCE_MS - performance.now();
    if (wait <= 0) this.flush();
    else this.#timer = setTimeout(() => this.flush(), wait);
  }

  #drop() {
    this.#isOpen = true;
    this.flush();
    this.dropping = true;
    this.#send({ t: 'dropped' });
  }
}
