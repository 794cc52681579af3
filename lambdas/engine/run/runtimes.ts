import * as z from 'zod';
import { AppError } from '../../platform/http/errors';

/** What user code runs on; everything else that has to know which there are asks here. */
export const RuntimeName = z.enum(['python3.13', 'nodejs24']);
export type RuntimeName = z.output<typeof RuntimeName>;

export const Language = z.enum(['python', 'node']);
export type Language = z.output<typeof Language>;

export interface Runtime {
  readonly name: RuntimeName;
  readonly language: Language;
  readonly version: string;
  readonly defaultHandler: string;
  /** Of code that is a whole program. */
  readonly script: string;
  /** What callers may call it, in lower case, without spaces, hyphens and underscores. */
  readonly spellings: RegExp;
  /** Common spellings, not all of them. */
  readonly aliases: readonly string[];
}

export const RUNTIMES: readonly Runtime[] = [
  {
    name: 'python3.13',
    language: 'python',
    version: '3.13',
    defaultHandler: 'main.handler',
    script: 'main.py',
    spellings: /^py(?:thon)?(?:3(?:\.x|\.(?:\d|1[0-4]))?)?$/,
    aliases: ['python', 'py', 'python3', 'python3.10', 'python3.11', 'python3.12'],
  },
  {
    name: 'nodejs24',
    language: 'node',
    version: '24',
    defaultHandler: 'index.handler',
    script: 'main.js',
    spellings: /^(?:node|nodejs|node\.js|js|javascript)(?:(?:1\d|2[0-4])(?:\.(?:x|\d+))*)?$/,
    aliases: ['node', 'nodejs', 'javascript', 'js', 'nodejs18', 'nodejs20', 'nodejs22'],
  },
];

const ALIASES = Object.fromEntries(RUNTIMES.map(({ name, aliases }) => [name, aliases]));

/**
 * The runtime that a spelling means: one alias table for the whole platform (docs/contracts/invocations.md#semantics).
 */
export function findRuntime(spelling: string): Runtime | undefined {
  const normal = spelling.toLowerCase().replace(/[\s_-]/g, '');
  return RUNTIMES.find(({ spellings }) => spellings.test(normal));
}

/** @throws AppError `UNSUPPORTED_RUNTIME` with what is supported, and common spellings of it */
export function resolveRuntime(spelling: string, field: string): Runtime {
  const runtime = findRuntime(spelling);
  if (runtime) return runtime;
  const supported = RUNTIMES.map(({ name }) => name);
  throw new AppError(
    'UNSUPPORTED_RUNTIME',
    `Runtime '${spelling.slice(0, 100)}' is not available. Use ${supported.join(' or ')}.`,
    { details: { field, requested: spelling.slice(0, 100), supported, aliases: ALIASES } },
  );
}
