import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '../lib/config';
import { EDGE_REGION } from '../lib/stacks/data';
import { messageOf, readArguments, runCommand, UsageError } from './command-line';
import { staleOrigins } from './preflight/origins';
import { preflight } from './preflight/preflight';

/** `npm run preflight` and `npm run deploy` (docs/deploy.md, "First deployment"). */

const USAGE = `Looks whether a stage fits into the account, then deploys it.

  npm run preflight -- --stage prod [--settings JSON]
  npm run deploy -- --stage prod [--settings JSON] [-- options of cdk deploy]

Needs credentials that may call lambda:GetAccountSettings and lambda:GetFunctionConcurrency. Status 1 if something would
fail; nothing is deployed then.`;

const REPOSITORY = path.resolve(__dirname, '..');

async function main(): Promise<number> {
  const { values, positionals } = readArguments(parse);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { stage, settings, check } = values;
  if (!stage) throw new UsageError('Which stage? Give --stage.');
  const config = readConfig({ stage, settings }, path.join(REPOSITORY, 'stages'));
  if (stage === 'local') throw new UsageError('The stage "local" is deployed by npm start.');
  const fits = await preflight(config, (line) => console.log(line));
  if (!fits) {
    console.error('Nothing was deployed: see STOP above.');
    return 1;
  }
  if (check) return 0;
  const context = ['-c', `stage=${stage}`, ...(settings === undefined ? [] : ['-c', `settings=${settings}`])];
  // What outlived its stack and bears a fixed name is taken over (docs/deploy.md, "Upgrading").
  const status = await cdkDeploy('--all', '--import-existing-resources', ...context, ...positionals);
  if (status !== 0) return status;
  const stale = await staleOrigins({ stage, region: config.region, edgeRegion: EDGE_REGION });
  if (stale.length === 0) return 0;
  console.log(`The edge is deployed again: ${stale.join('; ')}.`);
  // A template that is as it was would not be looked at: this makes it another.
  const again = ['-c', `origins=${stale.join()}`];
  return cdkDeploy(`narae-${stage}-edge`, '--exclusively', ...again, ...context, ...positionals);
}

/** @returns its status */
function cdkDeploy(...args: readonly string[]): Promise<number> {
  const command = path.join(REPOSITORY, 'node_modules/.bin/cdk');
  const cdk = spawn(command, ['deploy', ...args], { cwd: REPOSITORY, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    cdk.on('error', reject);
    cdk.on('close', (code) => resolve(code ?? 1));
  });
}

const parse = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      stage: { type: 'string' },
      settings: { type: 'string' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });

runCommand(main, USAGE, (error) =>
  error instanceof ConfigError ? error.message : `The account could not be asked: ${messageOf(error)}`,
);
