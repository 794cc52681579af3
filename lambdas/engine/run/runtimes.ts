import { AppError } from '../../platform/http/errors';

export type RuntimeName = 'python3.13' | 'nodejs24';
export type Language = 'python' | 'node';

export interface Runtime {
  readonly name: RuntimeName;
  readonly language: Language;
  readonly version: string;
  readonly defaultHandler: string;
  /** Common spellings, not all of them. */
  readonly aliases: readonly string[];
}

export const RUNTIMES: readonly Runtime[] = [
  {
    name: 'python3.13',
    language: 'python',
    version: '3.13',
    defaultHandler: 'main.handler',
    aliases: ['python', 'py', 'python3', 'python3.10', 'python3.11', 'python3.12'],
  },
  {
    name: 'nodejs24',
    language: 'node',
    version: '24',
    defaultHandler: 'index.handler',
    aliases: ['node', 'nodejs', 'javascript', 'js', 'nodejs18', 'nodejs20', 'nodejs22'],
  },
];

const ALIASES = Object.fromEntries(RUNTIMES.map(({ name, aliases }) => [name, aliases]));

const PYTHON = /^py(?:thon)?(?:3(?:\.x|\.(?:\d|1[0-4]))?)?$/;
const NODE = /^(?:node|nodejs|node\.js|js|javascript)(?:(?:1\d|2[0-4])(?:\.(?:x|\d+))*)?$/;

/**
 * The runtime that a spelling means: one alias table for the whole platform (docs/contracts/invocations.md#semantics).
 */
export function findRuntime(spelling: string): Runtime | undefined {
  const normal = spelling.toLowerCase().replace(/[\s_-]/g, '');
  if (PYTHON.test(normal)) return RUNTIMES[0];
  if (NODE.test(normal)) return RUNTIMES[1];
  return undefined;
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
