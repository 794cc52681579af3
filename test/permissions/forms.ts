import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import { venvOf } from '../../local/emulator/ministack';
import { REPOSITORY } from '../support/system';

const Report = z.object({ checked: z.number(), findings: z.array(z.string()) });
const TIME_LIMIT_MS = 100_000;

/** Judges files of recorded calls by AWS's own models of its services, with the botocore that the emulator brings. */
export function judgeForms(files: readonly string[]): z.output<typeof Report> {
  const script = join(__dirname, 'call_forms.py');
  const python = join(venvOf(REPOSITORY), 'bin', 'python');
  return Report.parse(
    JSON.parse(execFileSync(python, [script, ...files], { encoding: 'utf8', timeout: TIME_LIMIT_MS })),
  );
}
