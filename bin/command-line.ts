/** A command was called in a way that it does not know; the message says what would be right. Status 2. */
export class UsageError extends Error {}

/** @throws UsageError with what `parseArgs` found wrong */
export function readArguments<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/**
 * Runs a command and ends the process with its status: 2 and the usage where it was called wrongly, 1 where it failed.
 * @param main its status
 * @param failed what a person is told of an error
 */
export function runCommand(main: () => Promise<number>, usage: string, failed: (error: unknown) => string): void {
  main().then(
    (status) => process.exit(status),
    (error: unknown) => {
      console.error(error instanceof UsageError ? `${error.message}\n\n${usage}` : failed(error));
      process.exit(error instanceof UsageError ? 2 : 1);
    },
  );
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
