import * as z from 'zod';
import { BuildOrder } from './start-build';

/** What the state machine asks of the builder and of the installers, and what they answer (docs/callbacks.md, "Builds"). */

const ofOrder = <S extends string>(step: S) => z.object({ step: z.literal(step), order: BuildOrder });

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

export const BuildStep = z.discriminatedUnion('step', [
  ofOrder('check'),
  ofOrder('find').extend({ resolved: Resolved }),
  ofOrder('publish').extend({ place: Place, installed: Installed }),
  ofOrder('reject').extend({ fault: z.object({ Error: z.string(), Cause: z.string().optional() }) }),
]);
export type BuildStep = z.output<typeof BuildStep>;

/** What the state machine does next. `over`: the build is at its end, whatever that is. */
export type Next =
  | { readonly next: 'over' }
  | { readonly next: 'resolve-python'; readonly requirements: readonly string[] }
  | { readonly next: 'resolve-node'; readonly dependencies: Readonly<Record<string, string>> }
  | { readonly next: 'install-python' | 'install-node'; readonly place: Place; readonly uploadUrl: string };

export const OVER: Next = { next: 'over' };
