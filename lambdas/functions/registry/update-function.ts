import { codeCharsOf } from './code';
import type { FunctionChange } from '../contract';
import { unmasked, type Values } from './environment';
import type { Ports } from '../ports';
import type { FunctionRecord } from './records';
import { settingsBytesOf } from '../view';

type ChangePorts = Pick<Ports, 'envelope' | 'codes' | 'clock'>;

/**
 * The record as a change makes it; the very same record where nothing is different. New code is stored already when
 * this returns (docs/contracts/functions.md#patch).
 * @throws AppError `VALIDATION_ERROR` for a mask with nothing behind it
 */
export async function changed(
  before: FunctionRecord,
  { code: source, environmentVariables, ...settings }: FunctionChange,
  ports: ChangePorts,
): Promise<FunctionRecord> {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const environment = environmentVariables && (await changedEnvironment(before, environmentVariables, ports));
  const code = source === undefined ? undefined : await ports.codes.put(before.workspace, before.id, source);
  const after: FunctionRecord = {
    ...withoutEnvironment(before, environment !== undefined),
    ...given,
    ...environment,
    ...(source !== undefined && code !== undefined && { code, codeChars: codeCharsOf(source) }),
  };
  if (JSON.stringify(sorted(after)) === JSON.stringify(sorted(before))) return before;
  return {
    ...after,
    settingsBytes: settingsBytesOf(after),
    lastModified: ports.clock.now(),
    version: before.version + 1,
  };
}

/** What is stored of the new values, or undefined when they are those that are stored. */
async function changedEnvironment(
  before: FunctionRecord,
  sent: Values,
  { envelope }: ChangePorts,
): Promise<Pick<FunctionRecord, 'envNames' | 'env'> | undefined> {
  const stored = before.env ? await envelope.open(before.id, before.env) : {};
  const values = unmasked(sent, stored);
  if (JSON.stringify(sorted(values)) === JSON.stringify(sorted(stored))) return undefined;
  const envNames = Object.keys(values);
  return { envNames, ...(envNames.length > 0 && { env: await envelope.seal(before.id, values) }) };
}

function withoutEnvironment(record: FunctionRecord, leaveOut: boolean): FunctionRecord {
  if (!leaveOut) return record;
  const { env: _sealed, ...rest } = record;
  return rest;
}

const sorted = (record: object): [string, unknown][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
