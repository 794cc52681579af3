/** Versions of what the engine stores and sends (docs/adr/0018). They are raised by hand, and rarely. */

/** Of an order to the runner (`order.ts`). */
export const ORDER_VERSION = 1;

/** Of the record of a run (`run.ts`). 2: handed over (docs/adr/0016); from there on a record may not be claimed. */
export const RUN_VERSION = 2;

/** Of the events in a run's log (`event.ts`). */
export const LOG_VERSION = 1;

/** Of what runner and sandbox tell each other; the supervisors name the newest that they know (`protocol`). */
export const SANDBOX_PROTOCOL = 1;
