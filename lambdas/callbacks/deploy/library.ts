import { invalid } from '../../platform/http/errors';
import type { Language } from '../../platform/runtimes';
import { PACKAGES } from '../../platform/runtimes/packages';
import type { PackagesRead } from '../../platform/runtimes/descriptor';

/**
 * What a callback needs beside its code (docs/contracts/callbacks.md#resources, #bad-input): a text that each runtime reads
 * in its own way.
 */

/**
 * @returns the library, or undefined for one that is empty
 * @throws AppError `VALIDATION_ERROR`, field `library`
 */
export function checkLibrary(language: Language, library: string | null | undefined): string | undefined {
  if (library === null || library === undefined || library.trim() === '') return undefined;
  orderIn(PACKAGES[language].read(library));
  return library;
}

/** What is to be installed, in the words of the language's installer. */
export interface Wanted {
  readonly language: Language;
  readonly order: Readonly<Record<string, unknown>>;
}

/**
 * @param library as it is stored, checked when it came
 * @returns undefined for nothing
 */
export function wantedOf(language: Language, library: string | undefined): Wanted | undefined {
  const order = library === undefined ? undefined : orderIn(PACKAGES[language].read(library));
  return order && { language, order };
}

function orderIn(read: PackagesRead): Wanted['order'] | undefined {
  if ('problem' in read) throw invalid('library', `library ${read.problem}`);
  return read.order;
}
