import * as z from 'zod';
import { versionUpTo } from '../../platform/version';

/** What executions of builds and pushes carry. */

/** Raised by hand when what is carried changes (docs/adr/0018). */
export const TASK_ORDER_VERSION = 1;

/** One task: its record says what is to be done. */
export const TaskOrder = z.object({
  version: versionUpTo('the order', TASK_ORDER_VERSION),
  task: z.string(),
});
export type TaskOrder = z.output<typeof TaskOrder>;

const Refusal = z.object({ ok: z.literal(false), reason: z.string() });

/** What the toolchain found in a source (lambdas/toolchain/narae_toolchain). */
export const Findings = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), syntax: z.array(z.string()), types: z.array(z.string()), truncated: z.boolean() }),
  Refusal,
]);
export type Findings = z.output<typeof Findings>;

/** A component that the toolchain has put into the store. */
export const Component = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), sha256: z.string(), bytes: z.number() }),
  Refusal.extend({ errorCode: z.string() }),
]);
export type Component = z.output<typeof Component>;

/** Answers of the installer (lambdas/installer/python). */
export const Resolved = z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), lock: z.string() }), Refusal]);
export const Installed = z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), sha256: z.string() }), Refusal]);
