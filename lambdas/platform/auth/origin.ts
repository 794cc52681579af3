import { AppError } from '../http/errors';
import type { Headers } from './principal';
import { sameText } from './ticket';

/** Reads the value that the edge adds to every request, or undefined where there is no edge to insist on. */
export type OriginGuard = (() => Promise<string>) | undefined;

export const ORIGIN_HEADER = 'x-narae-origin';

/**
 * Refuses requests that went around the edge, and with it around the firewall and its list of addresses.
 * @throws AppError `FORBIDDEN`
 */
export async function guardOrigin(guard: OriginGuard, headers: Headers): Promise<void> {
  if (!guard) return;
  if (sameText(headers[ORIGIN_HEADER] ?? '', await guard())) return;
  throw new AppError(
    'FORBIDDEN',
    'Requests are taken through the public address only. Use the Url output of the edge stack.',
  );
}
