/**
 * Options of every handler. Middy would end an invoke a moment before Lambda does, judging by the machine's clock: where that
 * is fast, it would end each one at its start. Every call that we make has a time limit of its own.
 */
export const OWN_DEADLINES = { timeoutEarlyInMillis: 0 } as const;
