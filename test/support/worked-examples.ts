import { spawnSync } from 'node:child_process';
import { target } from './api';

/** What tests of worked examples in documents share. */

/** The example is a person's, who has curl; a machine without it cannot follow it to the letter. */
export const hasCurl = spawnSync('curl', ['--version']).status === 0;

export const HOST = 'http://localhost:8787';
export const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** What differs from run to run. */
export const normal = (text: string): string =>
  text
    .replace(/inv-[0-9A-Z]{26}/g, 'inv-ID')
    .replace(/("callback_id":|"callback_)\d+/g, '$1ID')
    .replace(/fn-[0-9A-Z]{26}/g, 'fn-ID')
    .replace(/\b(iss|run|card)_[0-9A-Z]{26}/g, '$1_ID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|\+09:00)/g, 'TIME')
    .replace(/"(sha256|digest)":"(sha256:)?[0-9a-f]{64}"/g, '"$1":"SHA"')
    .replace(/\b\d{12}\.dkr\.ecr\.[^/]+\/[^:"]+:/g, 'REGISTRY/IMAGES:')
    .replace(/s3:\/\/[^/]+\//g, 's3://BUCKET/')
    .replace(/("task_id":"|:task-|\/build-artifacts\/|\/build-sources\/ws-default\/)[A-Za-z0-9]{14}/g, '$1TASK-ID')
    .replace(/"endpoint":"[^"]+"/g, '"endpoint":"URL"')
    // Who follows the example once more has another function, and its app a name of its own.
    .replace(/"intake[0-9a-f]{6}"/g, '"intake"')
    .replace(/, \d+ bytes"/g, ', N bytes"')
    // A stream says that it is there when there is nothing else to say.
    .replace(/^:\n\n/gm, '')
    .replace(/"(bytes|cpuMs|maxMemoryBytes|durationMs|duration)":\d+/g, '"$1":N')
    .replace(new RegExp(UUID, 'g'), 'JOB-ID')
    .replaceAll(target().url, HOST)
    .replace(/"(cpu_percent|memory_mb|execution_time_ms)":[\d.]+/g, '"$1":N')
    .replace(/"coldStart":(true|false)/g, '"coldStart":?')
    .trim();
