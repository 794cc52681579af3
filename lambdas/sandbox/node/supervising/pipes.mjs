import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAKE_TIMEOUT_MS = 2_000;

/**
 * Pipes for the child's stdout and stderr. Node itself connects children by sockets, which user code can't open as
 * /dev/stdout; so these are named pipes whose names are taken away again before the child starts.
 * @param folder must be empty
 * @returns for each: `give` (for the child's stdio), `stream` (for us; undefined if the child brings it), `given()`
 */
export async function makePipes(folder, count) {
  const files = Array.from({ length: count }, (_, index) => path.join(folder, `pipe-${index}`));
  try {
    await run('mkfifo', ['-m', '600', ...files], { timeout: MAKE_TIMEOUT_MS });
  } catch {
    // No mkfifo in this image: sockets do for all but /dev/stdout.
    return files.map(() => ({ give: 'pipe', stream: undefined, given: () => undefined }));
  }
  return files.map((file) => {
    // Reading first: it does not wait for a writer, while opening for writing waits for a reader.
    const read = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const write = openSync(file, constants.O_WRONLY);
    unlinkSync(file);
    return {
      give: write,
      stream: new Socket({ fd: read, readable: true, writable: false }),
      given: () => closeSync(write),
    };
  });
}
