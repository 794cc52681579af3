import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { RecordedCall } from '../../local/recording/recorded-call';
import { RECORDED } from '../support/recording';
import { readDeployed, type Deployed } from './deployed';

const Call = z.object({
  caller: z.string(),
  presigned: z.boolean(),
  service: z.string(),
  region: z.string(),
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
  status: z.number(),
});

/** What one system asked of AWS. */
export interface Recording {
  readonly name: string;
  readonly file: string;
  readonly calls: readonly RecordedCall[];
  readonly stage: Deployed;
}

/** All of this test run. @throws Error where there is none, or one of a system that was not stopped in order */
export function readRecordings(): Recording[] {
  const root = process.env['NARAE_TEST_RECORDINGS'] ?? '';
  const names = existsSync(root) ? readdirSync(root) : [];
  if (names.length === 0) throw new Error('No system was recorded: nothing can be judged.');
  return names.map((name) => {
    const folder = join(root, name);
    const file = join(folder, RECORDED.calls);
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return {
      name,
      file,
      calls: lines.map((line) => withoutNothing(Call.parse(JSON.parse(line)))),
      stage: readDeployed(folder),
    };
  });
}

const withoutNothing = ({ body, ...call }: z.output<typeof Call>): RecordedCall => ({
  ...call,
  ...(body !== undefined && { body }),
});

/** Whether the recordings are of all tests, and not of one run only. */
export const areComplete = (): boolean => process.env['NARAE_TEST_RECORDINGS_OF'] === undefined;
