import { inspect } from 'node:util';

/**
 * Does something that is expected to report errors on `console.error`, and keeps them from the output of the tests.
 * @returns what was reported, one text per call
 */
export async function printedErrors(action: () => Promise<unknown>): Promise<string[]> {
  const printed: string[] = [];
  const spy = jest.spyOn(console, 'error').mockImplementation((...parts: unknown[]) => {
    printed.push(parts.map((part) => (typeof part === 'string' ? part : inspect(part))).join(' '));
  });
  try {
    await action();
  } finally {
    spy.mockRestore();
  }
  return printed;
}
