/** Exit codes that a launcher also answers with for signals: said to the supervisor before the process has them. */

/** A launcher that waits for its program tells of a signal as a shell does. */
const SHELL_SIGNAL_BASE = 128;

/** `process.exit()` ends in it, after all listeners; called directly it passes them by. */
export function announceDirectExits(channel) {
  const reallyExit = process.reallyExit.bind(process);
  process.reallyExit = (code) => {
    quietly(() => {
      if ((code & 0xff) > SHELL_SIGNAL_BASE) channel.sayExiting(code);
    });
    reallyExit(code);
  };
}

/** User code may have closed the way to the supervisor; that is no reason to end otherwise. */
export function quietly(say) {
  try {
    say();
  } catch {
    // The exit code still tells.
  }
}
