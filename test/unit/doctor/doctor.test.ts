import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { findingOf } from '../../../bin/doctor/failures';
import { inWords, isWell } from '../../../bin/doctor/finding';
import { REPOSITORY, systemEnvironment } from '../../support/system';

const row = { service: 'jobs', failures: '2', '@ptr': 'opaque' };

test('nothing found is well', () => {
  const finding = findingOf('failed runs', [], 'wrong', 'runner-errors');
  expect(finding).toEqual({ what: 'failed runs', state: 'ok', detail: 'none' });
  expect(isWell([finding])).toBe(true);
});

test('what is found is shown, five rows of it, with the chapter about it', () => {
  const finding = findingOf(
    'failed runs',
    Array.from({ length: 7 }, () => row),
    'wrong',
    'runner-errors',
  );
  expect(isWell([finding])).toBe(false);
  expect(finding.lines).toHaveLength(6);
  const lines = inWords([finding]).split('\n');
  expect(lines.filter((line) => line.trim() === 'service jobs, failures 2')).toHaveLength(5);
  expect(lines.at(-2)?.trim()).toBe('and 2 more');
  expect(lines.at(-1)?.trim()).toBe('-> docs/runbook.md#runner-errors');
});

test('a note alone is nothing wrong', () => {
  expect(isWell([findingOf('refused', [row], 'note', 'functions-throttled')])).toBe(true);
});

test('where nothing runs it says so, and how to start it', async () => {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'narae-doctor-'));
  const command = ['--import', 'tsx', path.join(REPOSITORY, 'bin/doctor.ts'), '--json'];
  const [status, output] = await new Promise<[unknown, string]>((resolve) => {
    execFile(process.execPath, command, { cwd: REPOSITORY, env: systemEnvironment(stateDir) }, (error, stdout) =>
      resolve([error?.code, stdout]),
    );
  });
  await rm(stateDir, { recursive: true });
  expect(status).toBe(1);
  const { findings } = z.looseObject({ findings: z.array(z.looseObject({})) }).parse(JSON.parse(output));
  expect(findings[0]).toEqual({ what: 'system', state: 'wrong', detail: 'nothing runs here', next: 'npm start' });
  expect(findings).toHaveLength(4);
});
