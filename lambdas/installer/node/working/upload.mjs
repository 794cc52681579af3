/** Puts a file to a presigned address: the installer has no rights in the store but this one. */
import { createReadStream, statSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const TIMEOUT_MS = 60_000;

export function upload(file, url) {
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const put = request(url, {
      method: 'PUT',
      headers: { 'Content-Length': statSync(file).size },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    put.on('error', reject);
    put.on('response', (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`the store answered HTTP ${response.statusCode}`)),
      );
    });
    const content = createReadStream(file);
    content.on('error', reject);
    content.pipe(put);
  });
}
