import type { Headers } from '../auth/principal';

/** Finds the origin under which callers reach this installation, for answers that must hold absolute URLs. */
export type PublicOrigin = (headers: Headers) => string;

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * @param configured the stage's own setting, which wins: an edge that does not say which host it was called by leaves
 * no other way to know
 */
export function publicOrigin(configured: string | undefined): PublicOrigin {
  if (configured !== undefined) return () => configured.replace(/\/+$/, '');
  return (headers) => {
    // What a client can make up here only comes back to that client.
    const host = [headers['x-forwarded-host'], headers['host']].map(first).find((name) => HOST.test(name));
    const scheme = first(headers['x-forwarded-proto']).toLowerCase() === 'http' ? 'http' : 'https';
    return `${scheme}://${host ?? 'localhost'}`;
  };
}

/** Each proxy adds to a list; the first is what the caller used. */
const first = (list: string | undefined): string => (list ?? '').split(',')[0]?.trim() ?? '';
