const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;

/** What is needed of the stream that progress is written to. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * Shows the steps of a start. In a terminal one line lives while a step goes on; elsewhere (a log, a pipe) there are
 * whole lines only.
 */
export class Progress {
  readonly #output: Output;

  #timer: NodeJS.Timeout | undefined;
  #detail = '';

  constructor(output: Output) {
    this.#output = output;
  }

  /** Runs a step; `detail` may be called with what it is at. */
  async step<T>(label: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T> {
    const begin = Date.now();
    this.#begin(label, begin);
    try {
      const result = await work((text) => (this.#detail = text));
      this.#end(`✓ ${label} (${seconds(begin)} s)`);
      return result;
    } catch (error) {
      this.#end(`✗ ${label} (${seconds(begin)} s)`);
      throw error;
    }
  }

  line(text: string): void {
    this.#clear();
    this.#output.write(`${text}\n`);
  }

  #begin(label: string, begin: number): void {
    this.#detail = '';
    if (!this.#output.isTTY) {
      this.#output.write(`  ${label} ...\n`);
      return;
    }
    let frame = 0;
    const show = () => {
      frame += 1;
      const text = `${FRAMES[frame % FRAMES.length] ?? ''} ${label} ${seconds(begin)} s ${this.#detail}`;
      this.#clear();
      this.#output.write(text.slice(0, (this.#output.columns ?? 80) - 1));
    };
    show();
    this.#timer = setInterval(show, FRAME_MS);
  }

  #end(text: string): void {
    clearInterval(this.#timer);
    this.line(text);
  }

  #clear(): void {
    if (this.#output.isTTY) this.#output.write('\r\u001b[K');
  }
}

const seconds = (since: number) => ((Date.now() - since) / 1000).toFixed(1);
