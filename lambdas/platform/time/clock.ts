import { storeTime } from './store-time';

/** The port through which all time enters: tests move it, production reads the system's. */
export interface Clock {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The machine's, put right by the store's where it is wrong. */
export const systemClock: Clock = storeTime;

/** ISO 8601 UTC with milliseconds and `Z`. */
export const iso = (epochMs: number): string => new Date(epochMs).toISOString();

/** The same, or null for what is not known yet. */
export const isoOrNull = (epochMs: number | undefined): string | null => (epochMs === undefined ? null : iso(epochMs));
