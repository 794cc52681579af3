import path from 'node:path';
import { card } from './cli/card';
import { Progress } from './cli/progress';
import { HELP, readSettings, SettingsError, type Settings } from './cli/settings';
import { redeployOnChange } from './deploy/redeploy';
import { messageOf } from './process/errors';
import { AlreadyRunning, takeLock } from './system/lock';
import { Parts } from './system/parts';
import { StateFolder } from './system/state-folder';
import { startSystem } from './system/system';

/** `npm start`: the whole stage "local" on this machine, until it is stopped. */

const ROOT = path.dirname(__dirname);
/** Why the system ends: nobody asked it to, or somebody did. */
type End = { readonly asked: true; readonly by: string } | { readonly asked: false; readonly reason: string };

async function main(): Promise<number> {
  const settings = readSettings(process.argv.slice(2), process.env);
  if (!settings) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const folder = new StateFolder(settings.stateDir);
  await folder.create();
  let release: () => void;
  try {
    release = takeLock(folder.lock());
  } catch (error) {
    if (!(error instanceof AlreadyRunning)) throw error;
    const url = await folder.readUrl();
    const where = url === undefined ? 'is starting' : `runs at ${url}`;
    process.stderr.write(`narae: A system ${where} (process ${error.pid}). Stop it first, or set NARAE_STATE_DIR.\n`);
    return 1;
  }
  try {
    return await runUntilEnd(settings, folder);
  } finally {
    release();
  }
}

async function runUntilEnd(settings: Settings, folder: StateFolder): Promise<number> {
  const progress = new Progress(process.stdout);
  const parts = new Parts();
  let end: (reason: End) => void = () => undefined;
  const ended = new Promise<End>((resolve) => (end = resolve));
  // Terminals send a signal to us and to who started us, who passes it on: the second one means the same.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => end({ asked: true, by: signal }));
  }
  whenStarterIsGone(() => end({ asked: true, by: 'the end of npm start' }));
  const failed = (reason: string) => end({ asked: false, reason });
  process.on('uncaughtException', (error) =>
    failed(`The Lambda service or the edge failed: ${error.stack ?? error.message}`),
  );
  process.on('unhandledRejection', (error) =>
    failed(`The Lambda service or the edge failed: ${error instanceof Error ? (error.stack ?? '') : String(error)}`),
  );
  // A terminal that is closed must not keep us from stopping in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  const starting = startSystem({ root: ROOT, settings, folder, progress, parts, failed }).then(
    (system) => {
      const weak = system.isolation.tier === 'full' ? undefined : weakness(system.isolation.refusals);
      progress.line(card(system.facts, settings.stateDir, weak));
      if (settings.watch) parts.add('watch', redeployOnChange(ROOT, system, progress));
    },
    (error: unknown) => failed(messageOf(error)),
  );

  const reason = await ended;
  if (!reason.asked) process.stderr.write(`\nnarae: ${reason.reason}\n`);
  progress.line(`Stopping${reason.asked ? '' : ' the rest'} ...`);
  let problems = await parts.stop();
  // What was being started meanwhile fails, or has come up and is stopped too.
  await starting;
  problems = [...problems, ...(await parts.stop())];
  for (const problem of problems) process.stderr.write(`narae: ${problem}\n`);
  progress.line(`Stopped; what was stored is in ${path.relative(process.cwd(), settings.stateDir) || '.'}.`);
  return reason.asked && problems.length === 0 ? 0 : 1;
}

/** Killed without a chance to tell us, the process that started us would leave a system that nobody knows of. */
function whenStarterIsGone(stop: () => void): void {
  if (process.ppid !== Number(process.env['NARAE_STARTER_PID'])) return;
  const starter = process.ppid;
  setInterval(() => process.ppid !== starter && stop(), 1_000).unref();
}

function weakness(refusals: readonly string[]): string {
  return refusals.length === 0 ? 'For full isolation install bubblewrap.' : `Why not more: ${refusals[0] ?? ''}`;
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    const known = error instanceof SettingsError;
    process.stderr.write(
      `narae: ${known ? error.message : error instanceof Error ? (error.stack ?? '') : String(error)}\n`,
    );
    process.exit(1);
  },
);
