/**
 * What events of a run are (docs/contracts/invocations.md#events). By itself, so that who names them bundles no schema of the
 * engine.
 */
export const EVENT_TYPES = ['STATUS', 'LOG', 'COMPLETE'] as const;
