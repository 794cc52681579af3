#!/usr/bin/env node
/**
 * `npm start`, `npm test` and `npm run keys` begin here: installs what is missing on this machine, then runs the
 * command with Node 24 first on the PATH. Plain JavaScript for Node 20, without dependencies, since on a fresh clone
 * there is no node_modules yet.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(`narae: Node ${OLDEST_NODE} or newer is needed; this is ${process.versions.node}.\n`);
  process.exit(1);
}

// Loaded only now: an older Node would stop at syntax it does not know, without saying what is wrong.
const { commands } = await import('./bootstrap/commands.mjs');
const { SetupError, say } = await import('./bootstrap/console.mjs');
const { ensureNodeModules, node24Folder } = await import('./bootstrap/node-modules.mjs');
const { exclusively } = await import('./bootstrap/exclusive.mjs');

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

async function main([name, ...args]) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (command === undefined) {
    say(`usage: node local/bootstrap.mjs <${Object.keys(commands).join(' | ')}> [arguments]`);
    return 2;
  }
  if (process.platform !== 'linux') {
    throw new SetupError(
      `Linux is needed for the local stack; this is ${process.platform}. A Linux VM or WSL2 will do.`,
    );
  }
  const prepared = await exclusively(root, () => prepare(root, command));
  const env = { ...process.env, ...prepared };
  env.PATH = [node24Folder(root), path.join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(path.delimiter);
  return command.run(root, args, env);
}

/** What does not come from npm needs nothing of it: both are installed at the same time. */
async function prepare(root, command) {
  const outcomes = await Promise.allSettled([command.prepare(root), ensureNodeModules(root)]);
  for (const { status, reason } of outcomes) if (status === 'rejected') throw reason;
  return outcomes[0].value;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
