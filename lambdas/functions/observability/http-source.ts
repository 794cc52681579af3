import { SourceFailed, SourceUnreachable, SourceUnreadable } from './source-errors';

/** Statuses by which something in between says that the source itself does not answer. */
const NOT_THERE = new Set([502, 503, 504]);

/**
 * GETs JSON of a log or metrics source that the operator configured.
 * @throws SourceUnreachable, SourceFailed, SourceUnreadable
 */
export async function getJson(
  base: string,
  path: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
) {
  const url = new URL(`${base.replace(/\/+$/, '')}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  let status: number;
  let text: string;
  try {
    const answer = await fetch(url, { signal, redirect: 'error', headers: { Accept: 'application/json' } });
    status = answer.status;
    text = await answer.text();
  } catch (cause) {
    throw new SourceUnreachable('The source cannot be reached.', { cause });
  }
  if (NOT_THERE.has(status)) throw new SourceUnreachable(`The source answered ${status}.`);
  if (status !== 200) throw new SourceFailed(`The source answered ${status}.`);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SourceUnreadable('The source did not answer with JSON.', { cause });
  }
}
