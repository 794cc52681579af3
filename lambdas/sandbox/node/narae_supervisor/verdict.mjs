/** How a run ended, as the one frame that says so: result or error. */
import { constants } from 'node:os';
import { errorFrame, resultFrame } from './frames.mjs';
import { isDeeperThan } from './json-depth.mjs';
import { readError } from './result-channel.mjs';

/** What user code can bring about by itself; the rest is for the supervisor to say. */
const CHILD_ERRORS = ['RUNTIME_ERROR', 'SYNTAX_ERROR', 'HANDLER_NOT_FOUND', 'INVALID_RESULT', 'OUT_OF_MEMORY'];
/** Values become part of an answer's JSON: an event may be 64 deep, and is often sent back inside something. */
const RESULT_DEPTH = 128;
/** A launcher that waits for its program tells of a signal as a shell does. */
const SHELL_SIGNAL_BASE = 128;
const LAST_SIGNAL = 64;
/** V8 writes this before it gives up. */
const HEAP_IS_FULL = 'heap out of memory';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The frame for a result message `truncated json`. */
export function resultOf(rest, spec) {
  const { resultBytes } = spec.limits;
  const text = rest.subarray(2);
  let json;
  let value;
  try {
    json = utf8.decode(text);
    value = JSON.parse(json);
  } catch {
    return invalid('The result is not JSON.');
  }
  if (spec.convention === 'invocation') {
    if (!isHttpResult(value, resultBytes)) return invalid('The result is not an object with statusCode and body.');
  } else if (text.length > resultBytes) {
    return invalid(`The result has ${text.length} bytes of JSON, more than ${resultBytes}.`);
  } else if (isDeeperThan(text, RESULT_DEPTH)) {
    return invalid(`The result is nested deeper than ${RESULT_DEPTH} levels.`);
  }
  return resultFrame(json, rest[0] === 0x31);
}

const isHttpResult = (value, bodyBytes) =>
  isObject(value) &&
  Number.isInteger(value.statusCode) &&
  value.statusCode >= 100 &&
  value.statusCode <= 599 &&
  typeof value.body === 'string' &&
  Buffer.byteLength(value.body) <= bodyBytes &&
  (value.headers === undefined ||
    (isObject(value.headers) && Object.values(value.headers).every((header) => typeof header === 'string')));

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The frame for an error message of the child. */
export function errorOf(rest) {
  const error = readError(rest);
  if (!error) return runtimeError('InvalidReport', "the code ended with a report that can't be read");
  const errorType = CHILD_ERRORS.includes(error.errorType) ? error.errorType : 'RUNTIME_ERROR';
  return errorFrame(errorType, error.name, error.message, error.stack);
}

export const invalid = (message) => errorFrame('INVALID_RESULT', 'InvalidResult', `InvalidResult: ${message}`);

const runtimeError = (name, message) => errorFrame('RUNTIME_ERROR', name, `${name}: ${message}`);

export const timedOut = (timeoutMs) =>
  errorFrame('TIMEOUT', 'Timeout', `Timeout: the code did not end within ${timeoutMs} ms`);

export const outOfMemory = (memoryMb) =>
  errorFrame('OUT_OF_MEMORY', 'OutOfMemory', `OutOfMemory: the code used more than ${memoryMb} MiB of memory`);

export const cancelled = () => errorFrame('CANCELLED', 'Cancelled', 'Cancelled: the run was cancelled');

export const platformError = (message) => errorFrame('PLATFORM_ERROR', 'PlatformError', `PlatformError: ${message}`);

/**
 * `[exit code, signal]` of a child's end, one of them null.
 * @param announcedCode what the child said that it would exit with, if it did: a launcher's status does not tell
 */
export function readExit([code, signal], launched, announcedCode) {
  const number = code - SHELL_SIGNAL_BASE;
  if (!launched || number <= 0 || number > LAST_SIGNAL || code === announcedCode) return [code, signal];
  const [name] = Object.entries(constants.signals).find(([, known]) => known === number) ?? [];
  return [null, name ?? `signal ${number}`];
}

/** The child ended by itself. `failure`: what a script said of its end before, if it did. */
export class Exit {
  constructor(failure) {
    this.failure = failure;
  }
}

/**
 * The last word on a run that was not killed for a limit.
 * @param verdict a frame, or an Exit
 * @param ending `[exit code, signal]` of the child (`readExit`)
 * @returns the frame, and exit code and signal as the run's own
 */
export function settle(verdict, spec, ending, stderrTail, meter) {
  let [code, signal] = ending;
  let frame = verdict;
  let memory = meter.memoryWasExceeded;
  if (verdict instanceof Exit) {
    frame = frameOfExit(verdict, spec, code, signal);
    // The kernel kills where the whole environment runs out of memory, which the largest process brings about.
    memory ||= signal === 'SIGKILL' && meter.memoryWasNearlyUsed;
    memory ||= signal === 'SIGABRT' && stderrTail.includes(HEAP_IS_FULL);
  } else {
    // It had said how it ended and was ended by us then.
    [code, signal] = [frame.t === 'result' ? 0 : 1, null];
  }
  return { frame: memory ? outOfMemory(spec.limits.memoryMb) : frame, code, signal };
}

function frameOfExit({ failure }, spec, code, signal) {
  if (signal !== null) return runtimeError('Killed', `the code was ended by ${signal}`);
  if (!spec.isScript) return runtimeError('Exited', `the code ended with exit code ${code} before it returned`);
  if (code === 0) return resultFrame('null', false);
  return failure ?? runtimeError('Exited', `the program ended with exit code ${code}`);
}
