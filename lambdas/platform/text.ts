/** Text of bytes in UTF-8; undefined for others. A byte order mark is kept: what comes out is what went in. */
export function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The longest beginning of a text that has at most so many UTF-8 bytes, cut between characters. */
export function cutToBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  // A byte 10xxxxxx continues a character: step back to where one begins.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/** The same where a text is measured otherwise, as by the JSON that it becomes. @param sizeOf never grows as a text is cut */
export function cutToSize(text: string, maxSize: number, sizeOf: (text: string) => number): string {
  let cut = text;
  for (let size = sizeOf(cut); size > maxSize; size = sizeOf(cut))
    cut = cutToBytes(cut, Math.floor((Buffer.byteLength(cut) * maxSize * CLOSER) / size));
  return cut;
}

/** Each cut takes away at least 2 %, so that few are needed. */
const CLOSER = 0.98;
