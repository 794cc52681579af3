import { parseArgs } from 'node:util';
import { Counters } from '../lambdas/callbacks/counters';
import { seed } from '../lambdas/callbacks/registry/seed';
import { SourceStore } from '../lambdas/engine/store/source-store';
import { Sources } from '../lambdas/callbacks/registry/sources';
import { CallbackStore } from '../lambdas/callbacks/registry/store';
import { dynamo, s3 } from '../lambdas/platform/aws/clients';
import { systemClock } from '../lambdas/platform/time/clock';
import { DEFAULT_WORKSPACE } from '../lambdas/platform/auth/principal';

/** `npm run seed`: writes two callbacks to try an installation with, or restores them (docs/callbacks.md, "Seeds"). */

const USAGE = `Usage:
  npm run seed -- [--workspace ws-a] [--table NAME] [--bucket NAME]
Options default to ${DEFAULT_WORKSPACE}, NARAE_ENTITIES_TABLE and NARAE_BUCKET.`;

class UsageError extends Error {}

async function main(): Promise<void> {
  const { workspace, table, bucket } = readArguments();
  if (!table || !bucket)
    throw new UsageError(
      'Which installation? Give --table and --bucket, the EntitiesTableName and BucketName outputs of the data stack.',
    );
  const db = dynamo();
  const seeded = await seed(workspace, {
    clock: systemClock,
    callbacks: new CallbackStore(db, table),
    counters: new Counters(db, table),
    sources: new Sources(new SourceStore(s3(), bucket)),
  });
  for (const { id, path, method, language } of seeded) console.log(`${id}  ${method} /api/${path}  ${language}`);
  console.log('Deploy them: POST /deploy/ {"callback_id":1001,"status":true}');
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        workspace: { type: 'string', default: DEFAULT_WORKSPACE },
        table: { type: 'string' },
        bucket: { type: 'string' },
      },
    });
    const { NARAE_ENTITIES_TABLE: table, NARAE_BUCKET: bucket } = process.env;
    return { workspace: values.workspace, table: values.table ?? table, bucket: values.bucket ?? bucket };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) console.error(`${error.message}\n${USAGE}`);
  else console.error(`Nothing more was seeded: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(error instanceof UsageError ? 2 : 1);
});
