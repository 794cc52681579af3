import * as z from 'zod';
import { versionUpTo } from '../../platform/version';

/** What executions of builds carry (docs/callbacks.md, "Builds"). */

/** Of an order for a build; as all versions it is raised by hand (docs/adr/0018). */
export const BUILD_ORDER_VERSION = 1;

/** One deploy of one callback; a later attempt makes it void. */
export const BuildOrder = z.object({
  version: versionUpTo('the order', BUILD_ORDER_VERSION),
  workspace: z.string(),
  callbackId: z.number(),
  attempt: z.number(),
});
export type BuildOrder = z.output<typeof BuildOrder>;

/** An installer's word that packages cannot be installed, for the reader of `last_error`. */
const Refusal = z.object({ ok: z.literal(false), reason: z.string() });

export const Resolved = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    /** Every package with version and hash: gzip, Base64, because a state machine carries 256 KB. */
    lock: z.string(),
    /** What packages are chosen by beside their names: run-time, its version, processor. */
    platform: z.string(),
  }),
  Refusal,
]);
export type Resolved = z.output<typeof Resolved>;

export const Installed = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), sha256: z.string(), packedBytes: z.number(), unpackedBytes: z.number() }),
  Refusal,
]);
export type Installed = z.output<typeof Installed>;

/** Where a bundle belongs: its address by content, and the object that this build writes it to. */
export const Place = z.object({ address: z.string(), key: z.string() });
export type Place = z.output<typeof Place>;
