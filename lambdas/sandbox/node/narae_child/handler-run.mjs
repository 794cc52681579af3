/** A run of the kind `handler`: load the file, call one function, report its value. */
import { stopForGood } from './channel.mjs';
import { makeContext } from './context.mjs';
import { findHandler, HandlerNotFound } from './entry-point.mjs';
import * as failure from './failure.mjs';
import { encode, InvalidResult } from './results.mjs';
import { DoesNotParse, prepare } from './source.mjs';

export async function runHandler(order, channel) {
  const { entry, convention, resultBytes, event, timeoutMs } = order;
  let file = `${entry.module}.js`;
  reportWhatNobodyCatches(channel, () => file);
  channel.sayStart();
  const context = makeContext(order.context, timeoutMs);
  try {
    const source = prepare(order.codeBase64, entry.module);
    file = source.file;
    const handler = findHandler(await source.start(), entry.names, file);
    const { json, truncated } = encode(await handler(event, context), convention, resultBytes);
    await flushed();
    channel.sayResult(json, truncated);
  } catch (error) {
    await flushed();
    const { report, lines } = explain(error, file);
    failure.print(lines);
    channel.sayError(report);
  }
  stopForGood();
}

/** What the run reports, and what its user reads in the log. */
function explain(error, file) {
  if (error instanceof DoesNotParse)
    return { report: failure.describeSyntax(error), lines: failure.syntaxLines(error) };
  if (error instanceof HandlerNotFound)
    return { report: ownReport('HANDLER_NOT_FOUND', 'HandlerNotFound', error), lines: [] };
  if (error instanceof InvalidResult) return { report: ownReport('INVALID_RESULT', error.name, error), lines: [] };
  return { report: failure.describe('RUNTIME_ERROR', error, file), lines: failure.stackLines(error, file) };
}

const ownReport = (errorType, name, { message }) => ({ errorType, name, message: `${name}: ${message}`, stack: [] });

/** Errors in timers and events, rejections nobody handles, and a program that runs dry before there is a value. */
function reportWhatNobodyCatches(channel, file) {
  process.on('uncaughtExceptionMonitor', (error) => {
    if (process.listenerCount('uncaughtException') > 0) return; // user code deals with it
    failure.print(failure.stackLines(error, file()));
    channel.sayError(failure.describe('RUNTIME_ERROR', error, file()));
    stopForGood();
  });
  let ranDry = false;
  process.on('beforeExit', () => (ranDry = true));
  process.on('exit', () => {
    // Otherwise the code ended itself: the supervisor says with which exit code.
    if (!ranDry) return;
    const message = 'Unsettled: the promise of the code was never settled, and nothing is left that could settle it';
    failure.print([message]);
    channel.sayError({ errorType: 'RUNTIME_ERROR', name: 'Unsettled', message, stack: [] });
    stopForGood();
  });
}

/** What was printed goes out before the result: a stream that user code made asynchronous still holds some. */
async function flushed() {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableLength > 0 && !stream.destroyed) await new Promise((resolve) => stream.write('', resolve));
  }
}
