const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
/** Characters before the text: so much JSON can stand there, and a fence around it. */
const MOST_BEFORE = 2_000;

/** Reads the text of one field out of JSON that is still being written. */
export class ToldText {
  readonly #begin: RegExp;
  #state: 'before' | 'within' | 'after' = 'before';
  #pending = '';

  /** @param field a word */
  constructor(field: string) {
    this.#begin = new RegExp(`"${field}"\\s*:\\s*"`);
  }

  /** @returns what of the text has come with this piece */
  push(piece: string): string {
    if (this.#state === 'after') return '';
    this.#pending += piece;
    if (this.#state === 'before' && !this.#hasBegun()) return '';
    return this.#read();
  }

  #hasBegun(): boolean {
    const found = this.#begin.exec(this.#pending);
    if (found) {
      this.#pending = this.#pending.slice(found.index + found[0].length);
      this.#state = 'within';
    } else if (this.#pending.length > MOST_BEFORE) this.#state = 'after';
    return found !== null;
  }

  #read(): string {
    let text = '';
    let at = 0;
    for (;;) {
      const char = this.#pending[at];
      if (char === undefined) break;
      if (char === '"') {
        this.#state = 'after';
        break;
      }
      const length = char === '\\' ? this.#escapeLength(at) : 1;
      if (at + length > this.#pending.length) break;
      text += char === '\\' ? this.#unescape(at) : char;
      at += length;
    }
    this.#pending = this.#pending.slice(at);
    return text;
  }

  #escapeLength(at: number): number {
    return this.#pending[at + 1] === 'u' ? 6 : 2;
  }

  #unescape(at: number): string {
    const char = this.#pending[at + 1] ?? '';
    if (char === 'u') return String.fromCharCode(Number.parseInt(this.#pending.slice(at + 2, at + 6), 16) || 0xfffd);
    return ESCAPES[char] ?? char;
  }
}

/** Characters of a piece: each is stored and sent as an event. */
const PIECE_CHARS = 80;

/** Passes a text on in pieces of some size, and keeps back the last one. */
export class KeptBack {
  readonly #pass: (piece: string) => Promise<void>;
  #waiting = '';
  #passed = '';

  constructor(pass: (piece: string) => Promise<void>) {
    this.#pass = pass;
  }

  async push(text: string): Promise<void> {
    this.#waiting += text;
    while (this.#waiting.length > PIECE_CHARS + 1) {
      // Both halves of a surrogate pair stay together.
      const isSplit = (this.#waiting.codePointAt(PIECE_CHARS - 1) ?? 0) > 0xffff;
      const piece = this.#waiting.slice(0, PIECE_CHARS + (isSplit ? 1 : 0)).toWellFormed();
      this.#waiting = this.#waiting.slice(piece.length);
      this.#passed += piece;
      await this.#pass(piece);
    }
  }

  /** @param whole the text as it is in the end: of another attempt it is said in full */
  last(whole: string): string {
    const goesOn = whole.startsWith(this.#passed) && whole.length > this.#passed.length;
    return goesOn ? whole.slice(this.#passed.length) : `\n${whole}`;
  }
}
