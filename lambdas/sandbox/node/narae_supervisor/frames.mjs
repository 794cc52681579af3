/** Frames: what the supervisor tells the runner, one JSON object a line (docs/sandbox.md, "Frames"). */

/** The newest version of the protocol that this supervisor knows; it takes events of all earlier ones. */
export const PROTOCOL = 1;

const MESSAGE_BYTES = 4096;
const NAME_CHARS = 128;
const STACK_ENTRIES = 50;
const STACK_ENTRY_CHARS = 512;

export const NO_USAGE = { t: 'usage', durationMs: 0, cpuMs: 0, maxMemoryBytes: 0, exitCode: null, signal: null };

export const encode = (frame) => `${JSON.stringify(frame)}\n`;

/** The longest beginning of `text` that has at most `limit` bytes as UTF-8 and ends with a whole character. */
export function cutToBytes(text, limit) {
  if (text.length * 3 <= limit) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  let end = limit;
  while (end > 0 && (bytes[end] & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

export const errorFrame = (errorType, name, message, stack = []) => ({
  t: 'error',
  errorType,
  name: name.slice(0, NAME_CHARS),
  message: cutToBytes(message, MESSAGE_BYTES),
  stack: stack.slice(0, STACK_ENTRIES).map((entry) => entry.slice(0, STACK_ENTRY_CHARS)),
});

export const resultFrame = (json, truncated) => ({ t: 'result', json, truncated });
