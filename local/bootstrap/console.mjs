/** What the person at the terminal sees while things are installed. Everything goes to stderr: stdout is the command's. */

const started = Date.now();

/** One line about what happens now. */
export const say = (text) => process.stderr.write(`narae: ${text}\n`);

/**
 * Says what begins, says every 10 s that it still goes on, and how long it took.
 * A long installation without a sign of life looks like a hang.
 */
export async function announced(text, work) {
  const begin = Date.now();
  say(`${text} ...`);
  const heartbeat = setInterval(() => say(`  still at it: ${text} (${seconds(begin)} s)`), 10_000);
  try {
    const result = await work();
    say(`  done in ${seconds(begin)} s`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}

/** A problem the person can solve: told without a stack trace, the process ends with status 1. */
export class SetupError extends Error {}

export const sinceStartMs = () => Date.now() - started;

const seconds = (since) => ((Date.now() - since) / 1000).toFixed(1);
