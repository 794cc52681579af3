/**
 * Whether an `Accept` header would rather have HTML than JSON (RFC 9110, section 12.5.1). A tie goes to what comes
 * first, and `*` to JSON: only who names `text/html` gets a page.
 */
export function prefersHtml(accept: string | undefined): boolean {
  const ranges = (accept ?? '').split(',').map(parseRange);
  const html = ranges.find(({ type }) => type === 'text/html');
  if (!html || html.quality === 0) return false;
  const json = ranges.find(({ type }) => type === 'application/json');
  if (!json) return true;
  return html.quality > json.quality || (html.quality === json.quality && ranges.indexOf(html) < ranges.indexOf(json));
}

interface Range {
  readonly type: string;
  /** 0 to 1; what cannot be read counts as 0. */
  readonly quality: number;
}

function parseRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = q === undefined ? 1 : Number(q.slice(2));
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}
