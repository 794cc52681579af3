/** What is said of an error: to the supervisor, and on stderr as a stack of the user's own lines. */
import { writeSync } from 'node:fs';
import { inspect } from 'node:util';

const MAX_FRAMES = 50;
const MAX_CAUSES = 5;
/** As many characters as a message may have bytes; the supervisor cuts it exactly. */
const MAX_MESSAGE_CHARS = 4096;
const STDERR = 2;
const FRAME = /^\s+at (?:async )?(?:(.+?) \()?(?:file:\/\/)?(?:\/.*\/)?([^/]+?):(\d+):\d+\)?$/;

/** The report of an error that user code threw. */
export const describe = (errorType, error, file) => ({
  errorType,
  name: nameOf(error),
  message: headline(error),
  stack: bounded(framesOf(error, file)).map(({ line, where }) => `${file}, line ${line}${where && `, in ${where}`}`),
});

/** The report of what the compiler threw. */
export function describeSyntax({ cause, line }) {
  const where = line === undefined ? '' : ` (line ${line})`;
  return { errorType: 'SYNTAX_ERROR', name: cause.name, message: `${headline(cause)}${where}`, stack: [] };
}

/** `Type: message`, or `Type` where there is no message. */
export function headline(error) {
  const text = messageOf(error);
  return (text === '' ? nameOf(error) : `${nameOf(error)}: ${text}`).slice(0, MAX_MESSAGE_CHARS);
}

/** Like Node's stack, but without frames that are not of the user's file. */
export function stackLines(error, file) {
  const lines = [];
  for (let depth = 0; depth < MAX_CAUSES; depth += 1) {
    lines.push(...`${depth === 0 ? '' : 'Caused by '}${headline(error)}`.split('\n'));
    for (const { line, where } of bounded(framesOf(error, file)))
      lines.push(where === '' ? `    at ${file}:${line}` : `    at ${where} (${file}:${line})`);
    const cause = causeOf(error);
    if (cause === undefined) break;
    error = cause;
  }
  return lines;
}

export const syntaxLines = (error) => [
  ...(error.line === undefined ? [] : [`${error.file}:${error.line}`]),
  describeSyntax(error).message,
];

/** Prints past process.stderr, which user code may have replaced or closed. */
export function print(lines) {
  if (lines.length === 0) return;
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  try {
    for (let from = 0; from < bytes.length;) from += writeSync(STDERR, bytes, from);
  } catch {
    // User code closed it, or made it non-blocking and full.
  }
}

function nameOf(error) {
  if (!(error instanceof Error)) return 'Thrown';
  const own = read(error, 'name');
  const made = read(error.constructor, 'name');
  const name = own === 'Error' && typeof made === 'string' && made !== '' ? made : own;
  return typeof name === 'string' && name !== '' ? name : 'Error';
}

function messageOf(error) {
  if (error instanceof Error) return String(read(error, 'message') ?? '');
  try {
    return inspect(error, { depth: 2 });
  } catch {
    return '';
  }
}

function causeOf(error) {
  const cause = error instanceof Error ? read(error, 'cause') : undefined;
  return cause instanceof Error ? cause : undefined;
}

/** User code's own getters may throw. */
function read(object, property) {
  try {
    return object[property];
  } catch {
    return undefined;
  }
}

function framesOf(error, file) {
  const stack = error instanceof Error ? read(error, 'stack') : undefined;
  if (typeof stack !== 'string') return [];
  return stack.split('\n').flatMap((text) => {
    const [, where = '', name, line] = FRAME.exec(text) ?? [];
    return name === file ? [{ line, where: functionName(where) }] : [];
  });
}

/** V8 names the code of a file, and functions that are called as exports, by the object they are called on. */
const functionName = (where) => where.replace(/^(?:Object|Module)\./, '').replace(/^<anonymous>$/, '');

/** The innermost and the outermost frames of a deep recursion. */
const bounded = (frames) =>
  frames.length <= MAX_FRAMES ? frames : [...frames.slice(0, MAX_FRAMES / 2), ...frames.slice(-MAX_FRAMES / 2)];
