import * as z from 'zod';
import { hasUserInfo, readTarget, USER_INFO } from '../../platform/outbound/target';
import { LIMITS } from '../limits';

/**
 * Where a function was deployed elsewhere. Kept as it was sent, with `http://` before it where there is no scheme
 * (docs/contracts/functions.md#patch); what may be called is judged with the record at hand.
 */
export const InvocationUrl = z.string().transform((sent, context): string => {
  const trimmed = sent.trim();
  const url = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(trimmed) ? trimmed : `http://${trimmed}`;
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  if (url.length > LIMITS.urlChars) refuse(`must have at most ${LIMITS.urlChars} characters`);
  return url;
});

/** What decides whether a URL is the platform itself. */
export interface OwnAddress {
  readonly functionId: string;
  /** `host[:port]` under which this request came in, and others the stage is known by; lower case. */
  readonly hosts: ReadonlySet<string>;
}

/**
 * Whether a URL leads back to this platform: to one of its own hosts, or, under whatever name, to the invoke path of
 * this very function, whose id nobody else has. The engine then runs the function, so that it cannot call itself.
 */
export function isOwnUrl(text: string, { functionId, hosts }: OwnAddress): boolean {
  const target = URL.canParse(text) ? new URL(text) : undefined;
  if (target?.protocol !== 'http:' && target?.protocol !== 'https:') return false;
  return hosts.has(target.host) || target.pathname.replace(/\/+$/, '').endsWith(`/functions/${functionId}/invoke`);
}

/** @returns why the URL may not be saved or called, or nothing */
export function problemOf(text: string, own: OwnAddress, open: ReadonlySet<string>): string | undefined {
  if (isOwnUrl(text, own)) return hasUserInfo(text) ? USER_INFO : undefined;
  const target = readTarget(text, open);
  return 'problem' in target ? target.problem : undefined;
}
