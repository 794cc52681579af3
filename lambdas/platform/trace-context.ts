import * as z from 'zod';
import type { Headers } from './auth/principal';

/**
 * Which trace a request belongs to, as W3C Trace Context says it (https://www.w3.org/TR/trace-context/). We take no part in
 * it with spans of our own: it is handed on to what the caller has run (docs/adr/0036).
 */
export const TraceContext = z.object({
  /** `00-<trace id>-<parent id>-<flags>`, in lower-case hexadecimal digits. */
  traceparent: z.string(),
  /** What tracing systems keep with it: at most 512 characters. */
  tracestate: z.string().optional(),
});
export type TraceContext = z.output<typeof TraceContext>;

/** Characters of `tracestate` that are handed on; the standard asks for at least as many. */
const TRACESTATE_CHARS = 512;
/** Members above this many characters are given up first. */
const LARGE_MEMBER_CHARS = 128;
const MAX_MEMBERS = 32;

/** Of a version above 00 only what 00 knows is read; more of it may follow after a hyphen. */
const TRACEPARENT =
  /^(?!ff)(?<version>[0-9a-f]{2})-(?<trace>(?!0{32})[0-9a-f]{32})-(?<parent>(?!0{16})[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;
const MEMBER = /^[a-z0-9][a-z0-9_\-*/]{0,240}(@[a-z][a-z0-9_\-*/]{0,13})?=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/;
const XRAY =
  /^Root=1-(?<seconds>[0-9a-f]{8})-(?<random>[0-9a-f]{24});(?:.*;)?Parent=(?<parent>[0-9a-f]{16});(?:.*;)?Sampled=1(?:;|$)/;
const SAMPLED = 0x01;

/**
 * The trace of a request: what its caller says, else that of X-Ray where this request is recorded there. What is malformed is
 * as if it had not been sent, as the standard wants it.
 * @param headers with lower-case names
 * @param xrayHeader `_X_AMZN_TRACE_ID` of this invoke
 */
export function traceOf(headers: Headers, xrayHeader: string | undefined): TraceContext | undefined {
  const traceparent = readTraceparent(headers['traceparent'] ?? '');
  if (traceparent === undefined) return xrayTrace(xrayHeader ?? '');
  const tracestate = readTracestate(headers['tracestate'] ?? '');
  return { traceparent, ...(tracestate !== undefined && { tracestate }) };
}

/** Name of the trace: 32 hexadecimal digits. */
export const traceIdOf = ({ traceparent }: TraceContext): string => traceparent.slice(3, 35);

/** The environment variables by which programs are told their trace. */
export const traceVariables = ({ traceparent, tracestate }: TraceContext): Record<string, string> => ({
  TRACEPARENT: traceparent,
  ...(tracestate !== undefined && { TRACESTATE: tracestate }),
});

function readTraceparent(text: string): string | undefined {
  const { version, trace, parent, flags, more } = TRACEPARENT.exec(text)?.groups ?? {};
  if (version === undefined || trace === undefined || parent === undefined || flags === undefined) return undefined;
  if (version === '00') return more === undefined ? text : undefined;
  // Flags that 00 does not know may mean something else there.
  return `00-${trace}-${parent}-${(parseInt(flags, 16) & SAMPLED).toString(16).padStart(2, '0')}`;
}

/** Whole members only: one that is cut would say something else. */
function readTracestate(text: string): string | undefined {
  const members = text
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  const names = new Set(members.map((member) => member.slice(0, member.indexOf('='))));
  const isValid = members.length <= MAX_MEMBERS && names.size === members.length;
  if (members.length === 0 || !isValid || !members.every((member) => MEMBER.test(member))) return undefined;
  let kept = members;
  if (kept.join().length > TRACESTATE_CHARS) kept = kept.filter(({ length }) => length <= LARGE_MEMBER_CHARS);
  while (kept.join().length > TRACESTATE_CHARS) kept = kept.slice(0, -1);
  return kept.length === 0 ? undefined : kept.join();
}

/** @param header `_X_AMZN_TRACE_ID`: `Root=1-...;Parent=...;Sampled=1`. @returns nothing where the request is not recorded */
export function xrayTrace(header: string): TraceContext | undefined {
  const { seconds, random, parent } = XRAY.exec(header)?.groups ?? {};
  if (seconds === undefined || random === undefined || parent === undefined) return undefined;
  return { traceparent: `00-${seconds}${random}-${parent}-01` };
}
