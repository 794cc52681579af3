/** The end of a run's processes: all killed, all gone. */
import { setTimeout as delay } from 'node:timers/promises';
import { strangers } from './exclusive.mjs';

/** Far beyond what the kernel needs; a process that is still there then can't be killed by us. */
const KILL_TIMEOUT_MS = 2_000;
const FREEZE_ROUNDS = 50;
/** On a machine where others start and end processes all the time, some always end under our eyes. */
const LOOKS_WHEN_UNSURE = 10;

/** Stops all processes, so that none forks away while the others are killed, and figures stand still. */
export function stop(tree) {
  const stopped = new Set();
  const halt = (pid) => {
    if (stopped.has(pid)) return;
    signal(pid, 'SIGSTOP');
    stopped.add(pid);
  };
  for (let round = 0; round < FREEZE_ROUNDS; round += 1) {
    const before = stopped.size;
    tree.update(true, halt).forEach(halt);
    if (stopped.size === before && !tree.isUnsure) return;
  }
}

/**
 * Kills everything of the run and waits until it is gone.
 * @returns whether it is; if not, this environment must not be used again
 */
export async function end(tree, child, settings) {
  const deadline = Date.now() + KILL_TIMEOUT_MS;
  let emptyLooks = 0;
  // What had lost its parent unseen may still be in the child's process group.
  signal(-child.pid, 'SIGKILL');
  for (;;) {
    const left = new Set(tree.update(true, (pid) => signal(pid, 'SIGKILL')));
    if (settings.ownsEnvironment) for (const pid of strangers(settings.family)) left.add(pid);
    for (const pid of left) signal(pid, 'SIGKILL');
    if (!child.hasExited) {
      await Promise.race([child.exit, delay(50)]);
    } else {
      emptyLooks = left.size === 0 ? emptyLooks + 1 : 0;
      if (emptyLooks > (tree.isUnsure ? LOOKS_WHEN_UNSURE : 0)) return true;
      if (emptyLooks === 0) await delay(1);
    }
    if (Date.now() > deadline) return left.size === 0 && child.hasExited;
  }
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself; or it has another user's rights, which end() will tell.
  }
}
