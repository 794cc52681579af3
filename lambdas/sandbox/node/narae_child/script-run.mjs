/** A run of the kind `script`: what `node main.js` does, in this process. */
import { closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { quietly } from './exits.mjs';
import * as failure from './failure.mjs';
import { DoesNotParse, prepare } from './source.mjs';

/** Node's exit code for a top-level await that nothing is left to settle. */
const UNSETTLED = 13;

/** Returns when the program has begun; the process then ends as it always does, when nothing is left to do. */
export function runScript(order, channel) {
  giveStdin(order.stdin);
  let file = 'main.js';
  reportEnd(channel, () => file);
  channel.sayStart();
  let source;
  try {
    source = prepare(order.codeBase64, 'main');
  } catch (error) {
    failSyntax(error, channel);
    return;
  }
  file = source.file;
  process.argv.splice(1, Infinity, path.resolve(file));
  if (source.isModule) {
    // A rejection that nobody handles ends the program as an error in `node main.mjs` does.
    const loading = source.start().catch((error) => failSyntax(error, channel));
    failWhileUnsettled(loading);
    return;
  }
  source.module.id = '.';
  process.mainModule = source.module;
  // As a bare callback: no frame of ours is in the stack of what it throws.
  process.nextTick(source.bound());
}

/** Standard input is a file without a name: reading never waits, and /dev/stdin can be opened. */
function giveStdin(text) {
  const file = path.resolve('.stdin');
  writeFileSync(file, text);
  closeSync(0);
  openSync(file, 'r'); // takes the lowest free descriptor: 0
  unlinkSync(file);
}

function failSyntax(error, channel) {
  if (!(error instanceof DoesNotParse)) throw error;
  failure.print(failure.syntaxLines(error));
  channel.sayError(failure.describeSyntax(error));
  process.exit(1);
}

/** A program that runs dry while it still awaits something at its top level has not succeeded. */
function failWhileUnsettled(loading) {
  let ranDry = false;
  const noteDry = () => (ranDry = true);
  const fail = () => {
    if (!ranDry || process.exitCode !== undefined) return;
    failure.print(['Warning: Detected unsettled top-level await']);
    process.exitCode = UNSETTLED;
  };
  process.on('beforeExit', noteDry);
  process.prependListener('exit', fail);
  void loading.finally(() => {
    process.off('beforeExit', noteDry);
    process.off('exit', fail);
  });
}

function reportEnd(channel, file) {
  process.on('uncaughtExceptionMonitor', (error) => {
    if (process.listenerCount('uncaughtException') === 0)
      quietly(() => channel.sayError(failure.describe('RUNTIME_ERROR', error, file())));
  });
  // After all listeners, the code's own among them: each may still change how the process ends.
  const emit = process.emit.bind(process);
  process.emit = (event, ...rest) => {
    const heard = emit(event, ...rest);
    if (event === 'exit') quietly(() => channel.sayExiting(process.exitCode ?? rest[0]));
    return heard;
  };
}
