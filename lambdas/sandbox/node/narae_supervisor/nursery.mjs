import { Child } from './child.mjs';

/** Keeps one child ready. It is never there while user code runs, which could tamper with it. */
export class Nursery {
  #settings;
  #ready;

  constructor(settings) {
    this.#settings = settings;
  }

  /** Starts a child and waits until it is warm. A failure comes again in take(), where a run needs it. */
  async prepare() {
    try {
      this.#ready ??= await Child.start(this.#settings);
    } catch (error) {
      console.error(`narae supervisor: ${error.message}`);
    }
  }

  /** A child that has run nothing. @throws ChildFailed */
  async take() {
    const child = this.#ready;
    this.#ready = undefined;
    if (child && !child.hasExited) return child;
    await child?.discard();
    return Child.start(this.#settings);
  }
}
