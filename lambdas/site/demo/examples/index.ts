import type { Language } from '../../../platform/runtimes';
import type { ExampleCodes } from './codes';
import { nodeExamples } from './node';
import { pythonExamples } from './python';

export const EXAMPLE_CODES: Readonly<Record<Language, ExampleCodes>> = { python: pythonExamples, node: nodeExamples };
