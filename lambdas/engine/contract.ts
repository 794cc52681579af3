/** What route tables, manifests and tools may use of the engine: schemas and limits, and nothing that runs. */

export { Environment, SourceCode, utf8Bytes, WELL_FORMED, WITHOUT_NUL } from './run/contract';
export { Language, RuntimeName } from './run/runtimes';
export { LIMITS } from './run/limits';
