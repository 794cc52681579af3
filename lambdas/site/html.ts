import { createHash } from 'node:crypto';

/** A page and the headers that let it do what it does and nothing else. */
export interface HtmlPage {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Inline {
  readonly styles?: readonly string[];
  readonly scripts?: readonly string[];
  /** Directives in place of the usual ones, or beside them. */
  readonly policy?: Readonly<Record<string, string>>;
}

/**
 * A page whose only scripts and styles are those in it, named by their hashes: what somebody else may get into it
 * does not run. It talks to its own origin only and stands in no frame.
 */
export function htmlPage(body: string, { styles = [], scripts = [], policy = {} }: Inline): HtmlPage {
  const directives = {
    'default-src': "'none'",
    'style-src': hashes(styles),
    'script-src': hashes(scripts),
    'connect-src': "'self'",
    'img-src': 'data:',
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
    ...policy,
  };
  return {
    body,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': Object.entries(directives)
        .map(([name, value]) => `${name} ${value}`)
        .join('; '),
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    },
  };
}

export function hashes(texts: readonly string[]): string {
  if (texts.length === 0) return "'none'";
  return texts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as it may stand in an element or an attribute in double quotes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
