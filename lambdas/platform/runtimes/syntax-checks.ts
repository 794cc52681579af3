import type { Language } from '.';
import { syntaxCheck as nodeCheck } from './node/syntax-check';
import { syntaxCheck as pythonCheck } from './python/syntax-check';

/**
 * Scripts that read a source as standard input, do not execute it, and print `{"error": string | null}`. They run in the
 * sandbox, in the very version that will run the code.
 */
export const SYNTAX_CHECKS: Readonly<Record<Language, string>> = { python: pythonCheck, node: nodeCheck };
