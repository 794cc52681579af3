import { parseArgs } from 'node:util';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { functionsWithDeadLetters } from '../lambdas/platform/manifest';
import { SERVICES } from '../lambdas/services';
import { messageOf, readArguments, runCommand, UsageError } from './command-line';
import { queueOf } from './replay/queue';
import { replay } from './replay/replay';

/** `npm run replay`: sends dead letters again (docs/runbook.md, "Send dead letters again"). */

const USAGE = `Sends what Lambda gave up to its function again, and deletes what was sent from the dead-letter queue.

  npm run replay -- --stage prod [options]

Options
  --stage NAME   the stage; "local" while \`npm start\` runs on this machine (NARAE_STAGE)
  --queue NAME   dead letters of one function only, e.g. runner (default: of all that have a queue)
  --dry-run      show what is there, and leave it
  --max N        look at so many messages of each queue at most (default 10000)
  --help

It may be stopped and started again at any time: what was not deleted is sent once more, and an event that comes twice
does nothing the second time. Status 1 if something could not be sent.`;

/** Functions that work through asynchronous invokes. */
const FUNCTIONS = ['runner', 'reaper', ...functionsWithDeadLetters(SERVICES)];

async function main(): Promise<number> {
  const values = readArguments(parse);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { stage = process.env['NARAE_STAGE'], queue: only, 'dry-run': dryRun } = values;
  if (!stage) throw new UsageError('Which stage? Give --stage.');
  if (!/^[1-9]\d{0,6}$/.test(values.max)) throw new UsageError('--max takes a whole number from 1 on.');
  const lambda = new LambdaClient({});
  // A queue's address as the emulator tells it may hold a port of an earlier start.
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const startedAt = Date.now();
  let failed = 0;
  for (const name of only === undefined ? FUNCTIONS : [only]) {
    const functionName = `narae-${stage}-${name}`;
    const queue = await queueOf(functionName, lambda, sqs);
    if (!queue) {
      if (only !== undefined) throw new UsageError(`${functionName} has no dead-letter queue.`);
      continue;
    }
    const options = {
      functionName,
      dryRun,
      max: Number(values.max),
      startedAt,
      say: (line: string) => console.log(line),
    };
    const replayed = await replay(queue, lambda, options);
    failed += replayed.failed;
    console.log(`${name}: ${replayed.sent} sent again, ${replayed.left} left, ${replayed.failed} could not be sent`);
  }
  return failed === 0 ? 0 : 1;
}

const parse = () =>
  parseArgs({
    options: {
      stage: { type: 'string' },
      queue: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      max: { type: 'string', default: '10000' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;

runCommand(main, USAGE, (error) => `Dead letters cannot be sent again: ${messageOf(error)}`);
