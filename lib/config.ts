import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { SpinConfiguration } from '../lambdas/builds/spin-target/contract';
import { DecisionsConfiguration } from '../lambdas/decisions/providers/contract';
import { LIMITS } from '../lambdas/engine/run/limits';
import { perLanguage } from '../lambdas/platform/runtimes';
import { defaultsOf } from './config-defaults';
import { brokenRules } from './config-rules';
import { absent, bound, cidr, describeProblems, Objectives, retentionDays, topicArn } from './config-values';

const registryName = z
  .string()
  .regex(
    /^[a-z0-9.-]+(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/,
    'must be host/repository, such as "registry.example.com/apps"',
  );

/**
 * Everything that differs between stages. Read from `-c stage=<name>` (defaults, see `config-defaults.ts`) and
 * `stages/<name>.json`, which overrides them field by field. Reference: docs/deploy.md, "Configuration".
 */
const Settings = z.strictObject({
  stage: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,15}$/, 'must be 1 to 16 lower-case letters, digits or hyphens, beginning with a letter'),
  /** AWS account the stage may be deployed to; absent: that of the credentials. */
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be an account number of 12 digits, in quotes')
    .optional(),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as "us-east-1"'),
  /** How callers prove who they are (docs/contracts/common.md#credentials). */
  auth: z.enum(['none', 'api-key'], 'must be "none" or "api-key"'),
  /**
   * Whether followers of decisions have to say who they are (docs/contracts/decisions.md#decided). `optional` admits clients
   * that open the stream without a name.
   */
  streamIdentity: z.enum(['required', 'optional'], 'must be "required" or "optional"').default('required'),
  /** Networks that may call; empty: all. With `auth: none` on AWS it may not be empty. */
  allowedCidrs: z.array(cidr),
  /** CORS origins; `*` for any. */
  allowedOrigins: z
    .array(z.string().regex(/^(\*|https?:\/\/[^/\s]+)$/, 'must be "*" or an origin such as "https://app.example.com"'))
    .min(1, 'must name at least one origin, or be ["*"]'),
  /** What user code can reach: the internet, or nothing. */
  network: z.enum(['public', 'none'], 'must be "public" or "none"'),
  /** Memory of the sandbox functions in MiB, ascending; a run gets the smallest that holds it. */
  memoryTiersMb: z
    .array(z.int('must be a whole number of MiB').min(256, 'must be 256 to 10240').max(10_240, 'must be 256 to 10240'))
    .min(1, 'must name at least one tier')
    .refine((tiers) => tiers.every((tier, i) => i === 0 || tier > (tiers[i - 1] ?? 0)), 'must ascend, without repeats')
    .refine(
      (tiers) => (tiers.at(-1) ?? 0) >= LIMITS.memoryMb.max,
      `must end at ${LIMITS.memoryMb.max} or above: runs may ask for that much`,
    ),
  /** Runs at the same time, in all: executions that are reserved for the runner. null or absent: what the account leaves. */
  maxConcurrentRuns: bound('runs'),
  /** Streams open at the same time, in all: executions reserved for them. null or absent: what the account leaves. */
  maxViewers: bound('viewers'),
  throttling: z.strictObject({
    /** Requests per second, sustained, over the whole API. */
    rateLimit: z.number('must be a number of requests per second').positive('must be above 0'),
    burstLimit: z.int('must be a whole number of requests').min(1, 'must be 1 or more'),
  }),
  /** Origin under which callers reach the stage, for absolute URLs in answers; absent: that of the edge's host name, or of the request. */
  publicUrl: z
    .string()
    .regex(/^https?:\/\/[^/\s]+$/, 'must be an origin such as "https://run.example.com"')
    .optional(),
  edge: z.strictObject({
    /** false: no CloudFront in front; only where the stage is an emulator. */
    enabled: z.boolean('must be true or false'),
    /** Own host name; needs `certificateArn`. */
    domainName: z.string().min(4, 'must be a host name').optional(),
    certificateArn: z
      .string()
      .regex(
        /^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
        'must be the ARN of an ACM certificate in us-east-1, where CloudFront reads them',
      )
      .optional(),
    /** Version id of the origin secret to send; a new one makes CloudFormation read the secret again. */
    originSecretVersion: z.uuid('must be the version id of a secret').optional(),
    waf: z.boolean('must be true or false'),
    /** SNS topic that alarms of the edge notify. Absent: `alarmTopicArn`, where that is in us-east-1 too. */
    alarmTopicArn: topicArn('us-east-1', ' in us-east-1, where metrics of the edge are'),
    /** Requests of one address within five minutes before it is answered 429. */
    requestsPerAddress: z.int('must be a whole number').min(10, 'must be 10 to 2000000000').max(2_000_000_000),
  }),
  /** true: tables, bucket and key outlive their stack, and tables refuse deletion. */
  retainData: z.boolean('must be true or false'),
  logRetentionDays: retentionDays,
  /** Share of runs and requests that succeed which leave a line in the log; the others count in metrics all the same. */
  sampleSuccesses: z
    .number('must be a share such as 0.1')
    .min(0.001, 'must be 0.001 to 1')
    .max(1, 'must be 0.001 to 1')
    .default(1),
  /**
   * `host:port` of private addresses that functions deployed elsewhere may have
   * (docs/contracts/functions.md#semantics).
   */
  openTargets: z
    .array(
      z.string().regex(/^[^\s,/:]+:\d{1,5}$|^\[[0-9a-f:.]+\]:\d{1,5}$/, 'must be host:port, such as "10.0.3.7:8080"'),
    )
    .default([]),
  /**
   * Registries beside the account's own that builds may publish to, as host/repository; `repository` is what is used in
   * place of the name that clients have for it.
   */
  registries: z.array(z.strictObject({ name: registryName, repository: registryName.optional() })).default([]),
  /** Loki and Prometheus of deployed functions; absent: what the engine writes to CloudWatch. */
  lokiUrl: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  prometheusUrl: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  /** Where libraries of callbacks come from; absent: where package clients look by themselves. No credentials: a template is no place for them. */
  packageIndexes: z
    .strictObject(
      perLanguage('', () => z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional()),
    )
    .optional(),
  /** Namespaces that apps may be deployed to; `default` always is one of them. */
  namespaces: z
    .array(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a DNS label such as "shop"'))
    .default([])
    .transform((names) => [...new Set(['default', ...names])]),
  /** The cluster that components are deployed to; absent: none. */
  spin: SpinConfiguration.optional(),
  /** Who judges issues and writes cards, and what makes vectors of texts (docs/contracts/decisions.md#provider-port). */
  decisions: DecisionsConfiguration.default({ provider: 'rules', embedder: 'local' }),
  /** Whether the platform's functions record what they do in X-Ray (docs/adr/0036). */
  tracing: z.enum(['off', 'xray'], 'must be "off" or "xray"').default('off'),
  /** Who is written to when an alarm calls, after confirming the first message. */
  alarmEmail: z.email('must be an e-mail address').optional(),
  /** Costs of the account within a month, in USD, of which those whom alarms notify are told. null or absent: of none. */
  monthlyBudgetUsd: z.number('must be a number of USD').positive('must be above 0').nullish().transform(absent),
  /** SNS topic that alarms notify. With neither this nor `alarmEmail`, alarms show in CloudWatch only. */
  alarmTopicArn: topicArn('[a-z0-9-]+', ''),
  /** What is promised; alarms tell when it is about to be broken. null or absent: nothing is, which costs less. */
  objectives: Objectives.nullish().transform((given) => given ?? undefined),
});

/** Every setting there is. */
export const settingNames: readonly string[] = Object.keys(Settings.shape);

export type { Objectives } from './config-values';
export type StageConfig = Readonly<z.output<typeof Settings>>;

/** Says everything that is wrong with a stage's configuration, one line each. */
export class ConfigError extends Error {
  constructor(source: string, problems: readonly string[]) {
    super(`${source} cannot be deployed:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * @param sources objects of settings, each overriding the ones before, over the stage's defaults
 * @throws ConfigError naming every field that is wrong, and what would be right
 */
export function parseConfig(stage: string, sources: readonly unknown[], name = `Stage "${stage}"`): StageConfig {
  const merged: Record<string, unknown> = { ...defaultsOf(stage) };
  for (const source of sources) {
    const object = z.record(z.string(), z.unknown()).safeParse(source);
    if (!object.success) throw new ConfigError(name, ['settings must be one JSON object']);
    for (const [key, value] of Object.entries(object.data)) {
      const before = merged[key];
      merged[key] = isGroup(before) && isGroup(value) ? { ...before, ...value } : value;
    }
  }
  merged['stage'] = stage;
  const result = Settings.safeParse(merged);
  const problems = [...(result.error?.issues ?? []), ...brokenRules(merged)];
  if (!result.success || problems.length > 0) throw new ConfigError(name, describeProblems(problems, merged));
  return result.data;
}

const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the command line says (`-c name=value`). */
export interface Asked {
  readonly stage: unknown;
  /** JSON text, for a single deployment: overrides the file. */
  readonly settings: unknown;
}

/**
 * @param folder where `<stage>.json` may be
 * @throws ConfigError
 */
export function readConfig({ stage, settings }: Asked, folder: string): StageConfig {
  if (typeof stage !== 'string' || stage === '')
    throw new ConfigError('The app', [
      'say which stage: -c stage=local, -c stage=dev, -c stage=prod or a name of yours',
    ]);
  const file = path.join(folder, `${path.basename(stage)}.json`);
  const name = `Stage "${stage}"`;
  const sources = [
    ...(existsSync(file) ? [readJson(name, `stages/${path.basename(file)}`, readFileSync(file, 'utf8'))] : []),
    ...(settings === undefined
      ? []
      : [typeof settings === 'string' ? readJson(name, '-c settings', settings) : settings]),
  ];
  return parseConfig(stage, sources, name);
}

function readJson(name: string, source: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(name, [`${source} must be JSON: ${error instanceof Error ? error.message : 'it is not'}`]);
  }
}
