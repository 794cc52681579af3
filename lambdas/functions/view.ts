import type { RunCounts } from '../engine';
import { findRuntime } from '../platform/runtimes';
import { bytesAsText } from '../platform/http/reply-bytes';
import { encodeCode } from './registry/code';
import type { FunctionConfig, Workspace } from './contract';
import { NOTHING } from './registry/counters';
import { masked } from './registry/environment';
import type { FunctionRecord, WorkspaceRecord } from './registry/records';
import { kst, kstOrNull } from './registry/time';

/** Records as answers show them (docs/contracts/functions.md#resources). */

export function toWorkspace(record: WorkspaceRecord, { invocations, errors }: RunCounts): Workspace {
  return {
    id: record.id,
    name: record.name,
    description: record.description,
    createdAt: kst(record.createdAt),
    functionCount: record.functionCount,
    invocations24h: invocations,
    errorRate: invocations === 0 ? 0 : Math.round((errors / invocations) * 10_000) / 100,
  };
}

/** Room for counts and times, which change without being written here. */
const CHANGING_BYTES = 100;

/** What a function takes of a list besides its code: the quota of a workspace is what a list can carry. */
export const settingsBytesOf = (record: Omit<FunctionRecord, 'settingsBytes'>): number =>
  bytesAsText(toFunction({ ...record, settingsBytes: 0 }, '', NOTHING)) + CHANGING_BYTES;

export function toFunction(record: FunctionRecord, source: string | Buffer, counts: RunCounts): FunctionConfig {
  return {
    id: record.id,
    workspaceId: record.workspace,
    name: record.name,
    description: record.description,
    runtime: record.runtime,
    runtimeVersion: findRuntime(record.runtime)?.version ?? null,
    memory: record.memory,
    timeout: record.timeout,
    httpMethods: record.httpMethods,
    environmentVariables: masked(record.envNames),
    code: encodeCode(source),
    invocationUrl: record.invocationUrl,
    status: record.status,
    lastModified: kst(record.lastModified),
    lastDeployed: kstOrNull(record.lastDeployed),
    invocations24h: counts.invocations,
    errors24h: counts.errors,
    avgDuration: counts.invocations === 0 ? 0 : Math.round(counts.durationMs / counts.invocations),
  };
}
