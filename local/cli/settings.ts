import { freemem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../process/errors';
import { readDecisions, type Models } from './models';
import { type Language, LANGUAGES, RUNTIMES } from '../runtimes';

/** How `npm start` was asked to run. */
export interface Settings extends Models {
  readonly stateDir: string;
  readonly host: string;
  /** Where to begin to look for a free one; 0 for any. */
  readonly port: number;
  readonly auth: 'none' | 'api-key';
  readonly network: 'none' | 'public';
  /** Where libraries of callbacks come from, in place of what package clients are configured with. */
  readonly packageIndexes: Readonly<Partial<Record<Language, string>>>;
  /** `host:port` that functions deployed elsewhere may have although it is not public; undefined: what the stage's file says. */
  readonly openTargets: readonly string[] | undefined;
  readonly watch: boolean;
  readonly maxConnections: number;
  /** Streams open at once. */
  readonly maxViewers: number;
  readonly snapshotSeconds: number;
  /** Environments of one function at once, and of all. */
  readonly concurrency: number;
  readonly environments: number;
  /** Calls going on at once in the account, and environments of a function's tenants for each 1,000 of them. */
  readonly quotas: { readonly accountConcurrency: number; readonly tenantEnvironments: number };
  /** Whether environments stand still between two calls, as on AWS. */
  readonly freeze: boolean;
  /** A file to which the AWS calls of functions are appended; undefined: they are not written down. */
  readonly recordCalls: string | undefined;
}

/** The arguments or variables can't be used; the message says why. */
export class SettingsError extends Error {}

const OF_RUNTIMES = LANGUAGES.flatMap((language) => RUNTIMES[language].help).map(
  ([name, meaning]) => `  ${name.padEnd(26)}${meaning}`,
);

export const HELP = `Starts Narae on this machine: the whole stage "local", in an emulated AWS.

  npm start -- [options]

Options (and the variable that sets the same)
  --port N          first port to try, 0 for any (NARAE_PORT, default 8787)
  --auth MODE       none or api-key (NARAE_AUTH, default none)
  --network WHAT    what user code reaches: none, or public: this machine's network and what is behind it
                    (NARAE_NETWORK, default none)
  --watch           deploy again when bin, lib or lambdas change
  --help

Variables
  NARAE_STATE_DIR           folder of this system, one per system that runs (default .narae)
  NARAE_HOST                address to listen on (default 127.0.0.1); others need --auth api-key and full isolation
  NARAE_OPEN_TARGETS        host:port, comma separated: private addresses that an invocationUrl may have, in place of
                            openTargets of stages/local.json
  NARAE_DECISIONS           JSON: who judges decisions, in place of decisions of stages/local.json (docs/decisions.md)
  NARAE_DECISIONS_KEY       key of the server with models that it names
  NARAE_BEDROCK_ENDPOINT    address of a server that answers as Amazon Bedrock: the emulator has no models
${OF_RUNTIMES.join('\n')}
  NARAE_LAMBDA_CONCURRENCY  environments of one function at once (default: a quarter of all)
  NARAE_LAMBDA_ENVIRONMENTS environments in all (default: what this machine's free memory holds, 16 to 256)
  NARAE_LAMBDA_ACCOUNT_CONCURRENCY
                            calls going on at once over all functions, as the account's quota (default 1000)
  NARAE_LAMBDA_TENANT_ENVIRONMENTS
                            environments of a function's tenants for each 1,000 calls at once (default 2500)
  NARAE_LAMBDA_FREEZE       off: environments go on between two calls and keep their connections (default on)
  NARAE_MAX_CONNECTIONS     connections at once (default 1000)
  NARAE_MAX_VIEWERS         streams open at once (default 256)
  NARAE_SNAPSHOT_SECONDS    pause between two snapshots of the state, 0 for none (default 10)
  NARAE_RECORD_CALLS        file to which the AWS calls of functions are appended, e.g. to judge what their roles need`;

/**
 * @param freeBytes memory that this machine can spare
 * @returns undefined where help was asked for
 * @throws SettingsError
 */
export function readSettings(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  freeBytes = freemem(),
): Settings | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const given = (name: string, argument?: string) => argument ?? environment[name];
  const settings: Settings = {
    stateDir: path.resolve(environment['NARAE_STATE_DIR'] ?? '.narae'),
    host: environment['NARAE_HOST'] ?? '127.0.0.1',
    port: whole('NARAE_PORT or --port', given('NARAE_PORT', values.port) ?? '8787', 0, 65_535),
    auth: oneOf('NARAE_AUTH or --auth', given('NARAE_AUTH', values.auth) ?? 'none', ['none', 'api-key']),
    network: oneOf('NARAE_NETWORK or --network', given('NARAE_NETWORK', values.network) ?? 'none', ['none', 'public']),
    openTargets: environment['NARAE_OPEN_TARGETS']?.split(',').filter((target) => target !== ''),
    packageIndexes: Object.fromEntries(
      LANGUAGES.flatMap((language) => {
        const index = address(RUNTIMES[language].indexVariable, environment);
        return index === undefined ? [] : [[language, index] as const];
      }),
    ),
    ...modelsIn(environment),
    watch: values.watch,
    maxConnections: whole('NARAE_MAX_CONNECTIONS', environment['NARAE_MAX_CONNECTIONS'] ?? '1000', 1, 1_000_000),
    maxViewers: whole('NARAE_MAX_VIEWERS', environment['NARAE_MAX_VIEWERS'] ?? '256', 1, 1_000_000),
    snapshotSeconds: whole('NARAE_SNAPSHOT_SECONDS', environment['NARAE_SNAPSHOT_SECONDS'] ?? '10', 0, 86_400),
    ...lambdaLimits(environment, freeBytes),
    quotas: {
      accountConcurrency: whole(
        'NARAE_LAMBDA_ACCOUNT_CONCURRENCY',
        environment['NARAE_LAMBDA_ACCOUNT_CONCURRENCY'] ?? '1000',
        1,
        1_000_000,
      ),
      tenantEnvironments: whole(
        'NARAE_LAMBDA_TENANT_ENVIRONMENTS',
        environment['NARAE_LAMBDA_TENANT_ENVIRONMENTS'] ?? '2500',
        1,
        1_000_000,
      ),
    },
    freeze: oneOf('NARAE_LAMBDA_FREEZE', environment['NARAE_LAMBDA_FREEZE'] ?? 'on', ['on', 'off']) === 'on',
    recordCalls: environment['NARAE_RECORD_CALLS'],
  };
  if (!isLoopback(settings.host) && settings.auth === 'none') {
    throw new SettingsError(
      `NARAE_HOST=${settings.host} would let others run code here without credentials. Use --auth api-key.`,
    );
  }
  return settings;
}

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        auth: { type: 'string' },
        network: { type: 'string' },
        watch: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new SettingsError(messageOf(error));
  }
}

/** What one environment takes, bytes: 50 MB for a function of ours, 20 to 90 for a sandbox (docs/local.md). */
const ENVIRONMENT_BYTES = 64 * 1024 * 1024;
/** The part of the free memory that environments may have. */
const FOR_ENVIRONMENTS = 0.7;

function lambdaLimits(
  environment: NodeJS.ProcessEnv,
  freeBytes: number,
): Pick<Settings, 'concurrency' | 'environments'> {
  const fitting = Math.floor((freeBytes * FOR_ENVIRONMENTS) / ENVIRONMENT_BYTES);
  const environments = whole(
    'NARAE_LAMBDA_ENVIRONMENTS',
    environment['NARAE_LAMBDA_ENVIRONMENTS'] ?? String(Math.min(256, Math.max(16, fitting))),
    4,
    10_000,
  );
  // Half of what callers from outside may have, so that a crowd at one function leaves others theirs.
  const quarter = String(Math.max(1, Math.floor(environments / 4)));
  return {
    environments,
    concurrency: whole('NARAE_LAMBDA_CONCURRENCY', environment['NARAE_LAMBDA_CONCURRENCY'] ?? quarter, 1, 10_000),
  };
}

function modelsIn(environment: NodeJS.ProcessEnv): Models {
  const { NARAE_DECISIONS: text, NARAE_DECISIONS_KEY: key } = environment;
  const modelKey = key === '' ? undefined : key;
  const decisions = text ? readDecisions(text, modelKey !== undefined) : undefined;
  if (text && !decisions) throw new SettingsError(`NARAE_DECISIONS must be a JSON object; it is "${text}".`);
  return { decisions, modelKey, bedrockEndpoint: address('NARAE_BEDROCK_ENDPOINT', environment) };
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new SettingsError(`${name} must be a whole number from ${least} to ${most}; it is "${text}".`);
}

function address(variable: string, environment: NodeJS.ProcessEnv): string | undefined {
  const value = environment[variable];
  if (!value) return undefined;
  if (/^https?:\/\/[^\s]+$/.test(value)) return value;
  throw new SettingsError(`${variable} must be an http or https address; it is "${value}".`);
}

function oneOf<T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw new SettingsError(`${name} must be ${allowed.join(' or ')}; it is "${text}".`);
}
