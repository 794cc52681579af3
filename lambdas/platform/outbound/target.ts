import { isIP } from 'node:net';
import { isPublicAddress } from './address';

/** Names that never leave the machine or the network it stands in, whatever a resolver says. */
const LOCAL_NAME = /(^|\.)(localhost|local|localdomain|internal|home\.arpa|intranet|lan|corp|home)\.?$/i;

/** host:port pairs that an operator has opened although they are not public; lower case. */
export type OpenTargets = ReadonlySet<string>;

/** Why a URL may not be called, as a sentence about it that starts with "must"; or the URL. */
export type Target = { readonly url: URL } | { readonly problem: string };

/**
 * What can be said of a URL without asking a resolver. The same parser reads it here and when it is called, so that no
 * spelling of an address (octal, one number, full-width digits) means one thing here and another there.
 */
export function readTarget(text: string, open: OpenTargets = new Set()): Target {
  if (hasOddCharacters(text)) return { problem: 'must not contain white space, control characters or backslashes' };
  if (!URL.canParse(text)) return { problem: 'must be an absolute http or https URL' };
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { problem: 'must be an http or https URL' };
  if (hasUserInfo(text)) return { problem: USER_INFO };
  if (url.hostname === '') return { problem: 'must name a host' };
  if (url.port === '0') return { problem: 'must not have port 0' };
  if (isOpen(url, open)) return { url };
  const host = bareHost(url);
  const allowed = isIP(host) === 0 ? !LOCAL_NAME.test(host) && host.includes('.') : isPublicAddress(host);
  return allowed ? { url } : { problem: 'must not point to a private or local address' };
}

/** They would be kept, and shown, with the URL. */
export const USER_INFO = 'must not contain a user name or password';

export function hasUserInfo(text: string): boolean {
  const { username, password } = new URL(text);
  return username !== '' || password !== '';
}

/** Host of a URL without the brackets of an IPv6 address. */
export const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

export const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80));

/** As lists of targets have it. */
export const targetName = (url: URL): string => `${url.hostname}:${portOf(url)}`;

export const isOpen = (url: URL, open: OpenTargets): boolean => open.has(targetName(url));

/** `host:port, host:port` as a stage configures it. */
export const openTargets = (list: string): OpenTargets =>
  new Set(
    list
      .split(',')
      .map((entry) => entry.trim().toLowerCase())
      .filter((entry) => entry !== ''),
  );

/** URL parsers drop or turn these, each in its own way. */
function hasOddCharacters(text: string): boolean {
  return /[\\\s]/.test(text) || Array.from(text).some((char) => char < ' ' || char === '\u007f');
}
