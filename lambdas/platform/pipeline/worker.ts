/** A function that a state machine calls step by step (dispatcher.ts). */
interface Worker {
  readonly dispatch: (event: unknown) => Promise<unknown>;
  /** Settles when it is known what time it is by the store. */
  readonly timeKnown: Promise<unknown>;
  /** Told why a step failed, for us to read. */
  readonly report: (cause: unknown) => void;
}

/** Its handler. What a step throws is reported and thrown on: then the state machine tries again. */
export const workerHandler =
  ({ dispatch, timeKnown, report }: Worker) =>
  async (event: unknown): Promise<unknown> => {
    try {
      await timeKnown;
      return await dispatch(event);
    } catch (cause) {
      report(cause);
      throw cause;
    }
  };
