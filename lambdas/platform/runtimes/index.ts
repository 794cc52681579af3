import * as z from 'zod';
import { AppError } from '../http/errors';
import { node } from './node/runtime';
import { python } from './python/runtime';
import type { RuntimeDescriptor } from './descriptor';

/** What user code runs on. Whatever has to know which there are asks here (docs/adr/0027). By language, in the order of lists. */
const BY_LANGUAGE = { python, node };

type Described = (typeof BY_LANGUAGE)[keyof typeof BY_LANGUAGE];

export interface Runtime extends RuntimeDescriptor {
  readonly name: Described['name'];
  readonly language: Described['language'];
}

export const RUNTIMES: readonly Runtime[] = Object.values(BY_LANGUAGE);

export const RuntimeName = z.enum(RUNTIMES.map(({ name }) => name));
export type RuntimeName = z.output<typeof RuntimeName>;

export const Language = z.enum(RUNTIMES.map(({ language }) => language));
export type Language = z.output<typeof Language>;

/** For descriptions: `python or node`. */
export const LANGUAGES = RUNTIMES.map(({ language }) => language).join(' or ');

export const runtimeOf = (language: Language): Runtime => BY_LANGUAGE[language];

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

/** What is made of each language, under a name of its own: `perLanguage('check-', ...)` has `check-python`, ... */
export function perLanguage<Prefix extends string, T>(
  prefix: Prefix,
  make: (language: Language) => T,
): { readonly [L in Language as `${Prefix}${L}`]: T };
export function perLanguage(prefix: string, make: (language: Language) => unknown): object {
  return Object.fromEntries(RUNTIMES.map(({ language }) => [`${prefix}${language}`, make(language)]));
}
