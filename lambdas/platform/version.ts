import * as z from 'zod';

/**
 * The version of something that outlives a deployment: an order in a queue, a stored record, an event of a protocol. One
 * that says none is of version 1. Fields are only added, and that raises no version: it is raised when a reader who does
 * not know the change would do something wrong (docs/adr/0018).
 */
export const versionOf = (version: number | undefined): number => version ?? 1;

/** Something newer than its reader, which leaves it alone: a newer release will read it, or this one after a repair. */
export class NewerVersion extends Error {
  override readonly name = 'NewerVersion';

  constructor(what: string, version: number, newest: number) {
    super(newerMessage(what, version, newest));
  }
}

/** @throws NewerVersion */
export function checkVersion(what: string, version: number | undefined, newest: number): void {
  if (versionOf(version) > newest) throw new NewerVersion(what, versionOf(version), newest);
}

/** Field of a schema that refuses what is newer than its reader. */
export const versionUpTo = (what: string, newest: number) =>
  z
    .int()
    .min(1)
    .max(newest, { error: ({ input }) => newerMessage(what, Number(input), newest) })
    .optional();

const newerMessage = (what: string, version: number, newest: number): string =>
  `${what} has version ${version}, and this release knows up to ${newest}`;
