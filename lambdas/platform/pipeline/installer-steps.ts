import type { Language } from '../runtimes';
import type { AnswerReference, FunctionStep } from './pipeline';

/** Steps of installers of packages (lambdas/installer), for every pipeline that has some installed. */

/** The name that stacks have for the function that installs packages of a language. */
export const installerOf = (language: Language): string => `${language}-installer`;

const installer = (
  language: Language,
  { timeoutSeconds, ...step }: Pick<FunctionStep, 'timeoutSeconds' | 'constants' | 'input' | 'answer' | 'next'>,
): FunctionStep => ({ by: 'function', function: installerOf(language), timeoutSeconds, ...step });

/** From what is wanted, under the name that the installer has for it, to a lock: its answer is called `resolved`. */
export const resolveStep = (language: Language, wanted: Readonly<Record<string, AnswerReference>>, next: string) =>
  installer(language, {
    // Above the 60 s that installers give it themselves, so that theirs is the word that is heard.
    timeoutSeconds: 75,
    constants: { do: 'resolve' },
    input: wanted,
    answer: 'resolved',
    next,
  });

/** From the lock to a bundle at an address: its answer is called `installed`. */
export const installStep = (
  language: Language,
  { lock, uploadUrl }: { readonly lock: AnswerReference; readonly uploadUrl: AnswerReference },
  next: string,
) =>
  installer(language, {
    // Above 120 s, for the same reason.
    timeoutSeconds: 140,
    constants: { do: 'install' },
    input: { lock, uploadUrl },
    answer: 'installed',
    next,
  });
