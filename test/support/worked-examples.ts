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
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|\+09:00)/g, 'TIME')
    .replace(/"(cpuMs|maxMemoryBytes|durationMs|duration)":\d+/g, '"$1":N')
    .replace(new RegExp(UUID, 'g'), 'JOB-ID')
    .replaceAll(target().url, HOST)
    .replace(/"(cpu_percent|memory_mb|execution_time_ms)":[\d.]+/g, '"$1":N')
    .replace(/"coldStart":(true|false)/g, '"coldStart":?')
    .trim();
