import path from 'node:path';
import { parseArgs } from 'node:util';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../local/aws';
import { messageOf, readArguments, runCommand, UsageError } from './command-line';
import { failures } from './doctor/failures';
import { inWords, isWell, type Finding } from './doctor/finding';
import { API, machine, parts, runningSystem } from './doctor/local-system';
import { alarms, deadLetters } from './doctor/waiting';

/** `npm run doctor`: what is wrong with an installation, and what to do next (docs/local.md#is-everything-well). */

const USAGE = `Tells what is wrong with the system on this machine, or with a stage in an account, and what to do next.

  npm run doctor -- [options]

Options
  --stage NAME     a stage in the account that the AWS tools are pointed at (default: what runs on this machine)
  --minutes N      how far back to look for failures (default 60)
  --json           findings as JSON
  --help

Status 1 if something is wrong.`;

const LOCAL = 'local';

async function main(): Promise<number> {
  const values = readArguments(parse);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (!/^[1-9]\d{0,4}$/.test(values.minutes)) throw new UsageError('--minutes takes a whole number from 1 to 99999.');
  const sinceMs = Number(values.minutes) * 60_000;
  const findings =
    values.stage === LOCAL
      ? await local(path.resolve(process.env['NARAE_STATE_DIR'] ?? '.narae'), sinceMs)
      : [...(await alarms(new CloudWatchClient({}), values.stage)), ...(await logsAndQueues(values.stage, sinceMs))];
  console.log(values.json ? JSON.stringify({ well: isWell(findings), findings }) : inWords(findings));
  return isWell(findings) ? 0 : 1;
}

async function local(stateDir: string, sinceMs: number): Promise<Finding[]> {
  const system = runningSystem(stateDir);
  const standing = await machine(stateDir);
  if (!system) return [{ what: 'system', state: 'wrong', detail: 'nothing runs here', next: 'npm start' }, ...standing];
  const answering = await parts(system);
  const found = [...answering, ...standing];
  // Who does not answer cannot be asked. Why the API does not is in the logs.
  return isWell(answering.filter(({ what }) => what !== API))
    ? [...found, ...(await logsAndQueues(LOCAL, sinceMs, system))]
    : found;
}

async function logsAndQueues(
  stage: string,
  sinceMs: number,
  at?: { readonly awsEndpoint: string; readonly lambdaEndpoint: string },
): Promise<Finding[]> {
  const logs = new CloudWatchLogsClient(at ? clientConfig(at.awsEndpoint) : {});
  const lambda = new LambdaClient(at ? clientConfig(at.lambdaEndpoint) : {});
  // A queue's address as the emulator tells it may hold a port of an earlier start.
  const sqs = new SQSClient({ ...(at && clientConfig(at.awsEndpoint)), useQueueUrlAsEndpoint: false });
  return [...(await failures(logs, stage, sinceMs)), await deadLetters(lambda, sqs, stage)];
}

const parse = () =>
  parseArgs({
    options: {
      stage: { type: 'string', default: LOCAL },
      minutes: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;

runCommand(main, USAGE, (error) => `It cannot be said what is wrong: ${messageOf(error)}`);
