const BOUNDARY = /^multipart\/[^;]+;(?:.*;)?\s*boundary="?([^";]{1,70})"?/i;

/**
 * A form without its boundary, which clients make anew for each request: what was sent is the same if fields and files are
 * (docs/contracts/builds.md#idempotency-key). Other bodies are what they are.
 */
export function withoutBoundary(body: Buffer, contentType: string | undefined): Buffer {
  const boundary = BOUNDARY.exec(contentType ?? '')?.[1];
  if (boundary === undefined) return body;
  // Latin 1 is one character for each byte, and back.
  return Buffer.from(body.toString('latin1').replaceAll(`--${boundary}`, '--'), 'latin1');
}
