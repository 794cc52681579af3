export interface Sample {
  /** Unix seconds, on the minute. */
  readonly timestamp: number;
  /** CPU milliseconds used in that minute. */
  readonly cpuMs: number;
}

/** One answer of a source, and the answer as it came, without account ids or credentials. */
export interface Answered {
  readonly samples: readonly Sample[];
  readonly raw: Readonly<Record<string, unknown>>;
}

/** A question, as it is really sent, and a way to send it. */
export interface MetricsQuery {
  readonly text: string;
  /** @throws SourceUnreachable, SourceFailed, SourceUnreadable */
  readonly send: (signal: AbortSignal) => Promise<Answered>;
}

/** Where the CPU time of functions is. */
export interface MetricsSource {
  /** CPU time of the minute that ended at `untilSeconds` (Unix seconds, on the minute). */
  readonly instant: (functionId: string, untilSeconds: number) => MetricsQuery;
  /** CPU time of each minute from `fromSeconds` on to `untilSeconds`. */
  readonly range: (functionId: string, fromSeconds: number, untilSeconds: number) => MetricsQuery;
}
