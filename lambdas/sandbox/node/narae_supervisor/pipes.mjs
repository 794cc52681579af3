import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAKE_TIMEOUT_MS = 2_000;
const READ_BYTES = 64 * 1024;

/**
 * Pipes for the child's stdout and stderr. Node itself connects children by sockets, which user code can't open as
 * /dev/stdout; so these are named pipes whose names are taken away again before the child starts.
 * @param folder must be empty
 * @returns for each: `give` (for the child's stdio), `stream` (for us; undefined if the child brings it), `given()`
 */
export async function makePipes(folder, count) {
  const files = Array.from({ length: count }, (_, index) => path.join(folder, `pipe-${index}`));
  try {
    // For all: a launcher may make the child another user, who is to open /dev/stdout. Their folder is ours alone.
    await run('mkfifo', ['-m', '666', ...files], { timeout: MAKE_TIMEOUT_MS });
  } catch {
    // No mkfifo in this image: sockets do for all but /dev/stdout.
    return files.map(() => ({ give: 'pipe', stream: undefined, given: () => undefined }));
  }
  return files.map((file) => {
    // Reading first: it does not wait for a writer, while opening for writing waits for a reader.
    const read = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const write = openSync(file, constants.O_WRONLY);
    unlinkSync(file);
    return { give: write, stream: reader(read), given: () => closeSync(write) };
  });
}

/**
 * A stream whose chunks are good only until its listeners return: all are read into the same memory. Chunks of their own
 * would be garbage of 64 KiB each, and a gigabyte of output would hold a hundred megabytes before it is collected.
 */
function reader(fd) {
  const emit = (count, buffer) => {
    socket.emit('data', buffer.subarray(0, count));
    return true; // go on reading
  };
  const socket = new Socket({
    fd,
    readable: true,
    writable: false,
    onread: { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: emit },
  });
  return socket;
}
