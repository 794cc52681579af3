import { parseArgs } from 'node:util';
import { dynamo, s3 } from '../lambdas/platform/aws/clients';
import { messageOf, readArguments, runCommand, UsageError } from './command-line';
import { restoreItems } from './restore/items';
import { restoreObjects } from './restore/objects';

/** `npm run restore`: brings back what was lost (docs/runbook.md, "Restore what was lost"). */

const USAGE = `Brings back what was deleted or overwritten. Nothing is deleted, and what is there stays.

  npm run restore -- objects --bucket NAME --at TIME [--prefix sources/] [--dry-run]
      makes objects what they were at TIME (such as 2026-11-20T10:00:00Z), from the versions that the bucket keeps
  npm run restore -- items --from TABLE --into TABLE [--prefix PK] [--dry-run]
      copies what is missing from a table that point-in-time recovery made into that of the stage

Status 1 if something could not be restored.`;

async function main(): Promise<number> {
  const { values, positionals } = readArguments(parse);
  const say = (line: string) => console.log(line);
  const { 'dry-run': dryRun, help } = values;
  if (help) {
    say(USAGE);
    return 0;
  }
  switch (positionals[0]) {
    case 'objects': {
      const bucket = given(values.bucket, '--bucket');
      const at = new Date(given(values.at, '--at'));
      if (Number.isNaN(at.getTime())) throw new UsageError('--at takes a time such as 2026-11-20T10:00:00Z.');
      const prefix = values.prefix ?? 'sources/';
      const { restored, intact, failed } = await restoreObjects(s3(), { bucket, prefix, at, dryRun, say });
      say(`${restored} restored, ${intact} were as they had been, ${failed} could not be restored`);
      return failed === 0 ? 0 : 1;
    }
    case 'items': {
      const [from, into] = [given(values.from, '--from'), given(values.into, '--into')];
      const prefix = values.prefix ?? '';
      const count = await restoreItems(dynamo(), { from, into, prefix, dryRun, now: Date.now(), say });
      say(`${count.restored} restored, ${count.kept} were there, ${count.expired} have expired since`);
      return 0;
    }
    default:
      throw new UsageError('What is to be restored: objects or items?');
  }
}

function given(value: string | undefined, option: string): string {
  if (value === undefined || value === '') throw new UsageError(`Give ${option}.`);
  return value;
}

const parse = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      bucket: { type: 'string' },
      at: { type: 'string' },
      prefix: { type: 'string' },
      from: { type: 'string' },
      into: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });

runCommand(main, USAGE, (error) => `Nothing more can be restored: ${messageOf(error)}`);
