/** Reads of presigned addresses: the sandbox has no credentials. */
import http from 'node:http';
import { BadEvent } from './run-spec.mjs';

const FETCH_TIMEOUT_MS = 10_000;
const FETCH_TRIES = 2;
// A request of 6 MB stands three times in the event of a callback: its names, its body, and its text with escapes.
const FETCH_BYTES = 32 * 1024 * 1024;

/**
 * GET within `timeoutMs`, from connecting to the last byte.
 * @returns status, and the body up to `limit` bytes
 * @throws Error without an answer in time
 */
export async function get(url, timeoutMs, limit) {
  // Late: most runs do not need TLS.
  const { request } = url.startsWith('https:') ? await import('node:https') : http;
  return new Promise((resolve, reject) => {
    const asked = request(url, { signal: AbortSignal.timeout(timeoutMs), agent: false }, (response) => {
      const pieces = [];
      let bytes = 0;
      response.on('data', (piece) => {
        bytes += piece.length;
        if (bytes > limit) asked.destroy(new Error('the answer is too large'));
        else pieces.push(piece);
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(pieces) }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** The bytes at an address of the event. @throws BadEvent, without the address: it is a credential */
export async function fetchInput(name, url) {
  let reason = 'no answer';
  for (let attempt = 0; attempt < FETCH_TRIES; attempt += 1) {
    try {
      const { status, body } = await get(url, FETCH_TIMEOUT_MS, FETCH_BYTES);
      if (status === 200) return body;
      reason = `HTTP ${status}`;
    } catch (error) {
      reason = error.name;
    }
  }
  throw new BadEvent(`${name} can't be read: ${reason}`);
}
