/** The port through which all time enters: tests move it, production reads the system's. */
export interface Clock {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** ISO 8601 UTC with milliseconds and `Z`. */
export const iso = (epochMs: number): string => new Date(epochMs).toISOString();

/** The same, or null for what is not known yet. */
export const isoOrNull = (epochMs: number | undefined): string | null => (epochMs === undefined ? null : iso(epochMs));
