/** What route tables, manifests and tools may use of the engine: schemas and limits, and nothing that runs. */

export { EVENT_TYPES } from './events/event-types';
export { Environment } from './run/environment';
export { LIMITS } from './run/limits';
export { SourceCode } from './run/source-code';
export { utf8Bytes, WELL_FORMED, WITHOUT_NUL } from './run/text-rules';
