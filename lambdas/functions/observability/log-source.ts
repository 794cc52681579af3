export interface LiveLine {
  /** Unix nanoseconds, decimal. */
  readonly timestamp: string;
  /** Without a line end. */
  readonly line: string;
}

/** Where the lines are that functions printed. */
export interface LogSource {
  /**
   * The newest lines of a function over all its streams, newest first.
   * @param functionId of a form that needs no escaping in any query
   * @throws SourceUnreachable, SourceUnreadable
   */
  readonly newest: (functionId: string, limit: number, signal: AbortSignal) => Promise<LiveLine[]>;
}
