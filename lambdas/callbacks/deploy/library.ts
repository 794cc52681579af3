import * as z from 'zod';
import { invalid } from '../../platform/http/errors';
import type { Snapshot } from '../registry/callback';

/**
 * What a callback needs beside its code (docs/contracts/callbacks.md#resources, #bad-input): lines of a requirements
 * file, or the
 * text of a package.json. Names of packages of the registry and their versions only: a URL, a path or an option could
 * make the installer read, or reach, something else.
 */

/** A name with extras, versions and an environment marker. */
const REQUIREMENT =
  /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*(?:\[[A-Za-z0-9._,\s-]*\])?\s*(?:\(?\s*(?:(?:===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+\s*,?\s*)*\)?)?\s*(?:;[^@/\\]*)?$/;

/** Versions, ranges and tags: nothing with a protocol, a host, a path or an alias. */
const VERSION = /^[A-Za-z0-9.*^~<>=|&+\s-]*$/;
const PACKAGE_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-zA-Z0-9~-][a-zA-Z0-9._~-]*$/;

const Dependencies = z.record(z.string(), z.string()).optional();
const Manifest = z.object({ dependencies: Dependencies });

/** Requirement lines without comments and blank lines. */
export const requirementsOf = (library: string): string[] =>
  library
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');

/** What a package.json depends on. @throws AppError `VALIDATION_ERROR` */
export function dependenciesOf(library: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(library);
  } catch {
    throw refused('must be the text of a package.json, which is a JSON object');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused('must be the text of a package.json, which is a JSON object');
  const manifest = Manifest.safeParse(value);
  if (!manifest.success) throw refused('must have dependencies as an object of names and versions');
  return manifest.data.dependencies ?? {};
}

/**
 * @returns the library, or undefined for one that is empty
 * @throws AppError `VALIDATION_ERROR`, field `library`
 */
export function checkLibrary(language: Snapshot['language'], library: string | null | undefined): string | undefined {
  if (library === null || library === undefined || library.trim() === '') return undefined;
  if (language === 'python') {
    const wrong = requirementsOf(library).find((line) => !REQUIREMENT.test(line));
    if (wrong !== undefined)
      throw refused(
        `must have lines like 'name==1.2', without URLs, paths and options; '${wrong.slice(0, 100)}' is none`,
      );
    return library;
  }
  for (const [name, version] of Object.entries(dependenciesOf(library))) {
    if (!PACKAGE_NAME.test(name) || !VERSION.test(version))
      throw refused(`must depend on packages of the registry by version; '${name}: ${version}' does not`.slice(0, 300));
  }
  return library;
}

/** What is to be installed, in the words of the installers; undefined for nothing. */
export type Wanted =
  | { readonly language: 'python'; readonly requirements: readonly string[] }
  | { readonly language: 'node'; readonly dependencies: Readonly<Record<string, string>> };

/** @param library as it is stored, checked when it came */
export function wantedOf(language: Snapshot['language'], library: string | undefined): Wanted | undefined {
  if (library === undefined) return undefined;
  if (language === 'python') {
    const requirements = [...new Set(requirementsOf(library))].sort();
    return requirements.length > 0 ? { language, requirements } : undefined;
  }
  const sorted = Object.entries(dependenciesOf(library)).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.length > 0 ? { language, dependencies: Object.fromEntries(sorted) } : undefined;
}

const refused = (message: string) => invalid('library', `library ${message}`);
