/** Text of bytes in UTF-8; undefined for others. A byte order mark is kept: what comes out is what went in. */
export function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
