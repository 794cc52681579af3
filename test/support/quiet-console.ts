import { inspect } from 'node:util';

/**
 * A unit test that reports an error nobody expected fails, even where all it asserts holds: what is printed among the
 * output of hundreds of tests is read by nobody. What is expected is taken with `printedErrors`, and asserted.
 */
const printed: string[] = [];

const textOf = (parts: readonly unknown[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : inspect(part))).join(' ');

for (const method of ['error', 'warn'] as const)
  console[method] = (...parts: unknown[]) => void printed.push(`console.${method}: ${textOf(parts)}`);

const check = (): void => {
  const found = printed.splice(0);
  if (found.length > 0)
    throw new Error(
      `The test printed what it did not expect. If it is right to, do it within printedErrors() and assert what comes:\n${found.join('\n')}`,
    );
};
afterEach(check);
afterAll(check);
