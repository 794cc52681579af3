import { messageOf } from '../process/errors';

/** Things that were started, stopped in the opposite order. */
export class Parts {
  readonly #started: { readonly name: string; readonly stop: () => unknown }[] = [];

  /** @returns what takes it out again, for a part that has ended by itself */
  add(name: string, stop: () => unknown): () => void {
    const part = { name, stop };
    this.#started.push(part);
    return () => {
      const index = this.#started.indexOf(part);
      if (index >= 0) this.#started.splice(index, 1);
    };
  }

  /** Stops all, whatever goes wrong with one of them. @returns what went wrong */
  async stop(): Promise<string[]> {
    const problems: string[] = [];
    for (let part = this.#started.pop(); part; part = this.#started.pop()) {
      try {
        await part.stop();
      } catch (error) {
        problems.push(`${part.name}: ${messageOf(error)}`);
      }
    }
    return problems;
  }
}
