import { node } from './node/runtime';
import { python } from './python/runtime';
import type { LocalRuntime } from './runtime';

/** By language, in the order of lists. */
const BY_LANGUAGE = { python, node };

export type Language = keyof typeof BY_LANGUAGE;

export const RUNTIMES: Readonly<Record<Language, LocalRuntime>> = BY_LANGUAGE;

export const perLanguage = <T>(make: (language: Language) => T): Record<Language, T> => ({
  python: make('python'),
  node: make('node'),
});

export const LANGUAGES: readonly Language[] = Object.values(perLanguage((language) => language));

/** What is looked for in each language, once all of it is there. */
export async function findPerLanguage<T>(find: (language: Language) => Promise<T>): Promise<Record<Language, T>> {
  const found = perLanguage(find);
  const [ofPython, ofNode] = await Promise.all([found.python, found.node]);
  return { python: ofPython, node: ofNode };
}

/** @param name Lambda's, e.g. `python3.13` @throws Error for one that cannot be run here */
export function managedRuntime(name: string): LocalRuntime {
  const found = Object.values(BY_LANGUAGE).find(({ lambdaPrefix }) => name.startsWith(lambdaPrefix));
  if (!found) throw new Error(`Lambda's runtime '${name}' cannot be run on this machine`);
  return found;
}
