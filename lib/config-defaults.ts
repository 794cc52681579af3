/** Account number of the emulator. A stage pinned to it cannot be deployed to AWS by accident. */
export const EMULATOR_ACCOUNT = '000000000000';

const shared = {
  allowedCidrs: [],
  allowedOrigins: ['*'],
  network: 'public',
  memoryTiersMb: [512, 1536, 3008],
  auth: 'api-key',
};

/** A team's own copy: like `prod`, but it leaves nothing behind. */
const dev = {
  ...shared,
  throttling: { rateLimit: 100, burstLimit: 200 },
  maxConcurrentRuns: 100,
  edge: { enabled: true, waf: true, requestsPerAddress: 5_000 },
  retainData: false,
  logRetentionDays: 14,
};

/** How many may run, and who is told, has no default here (config-rules.ts): a guess would be found out in an outage. */
const prod = {
  ...shared,
  maxViewers: 100,
  monthlyBudgetUsd: 100,
  objectives: {},
  throttling: { rateLimit: 1_000, burstLimit: 2_000 },
  edge: { enabled: true, waf: true, requestsPerAddress: 10_000 },
  retainData: true,
  logRetentionDays: 90,
};

/** An emulator on this machine: no credentials, because only this machine can call. */
const local = {
  ...shared,
  account: EMULATOR_ACCOUNT,
  region: 'us-east-1',
  auth: 'none',
  throttling: { rateLimit: 10_000, burstLimit: 5_000 },
  edge: { enabled: false, waf: false, requestsPerAddress: 10_000 },
  retainData: false,
  logRetentionDays: 1,
};

/** Settings of a stage before its file. Names other than `local` and `prod` start from `dev`. */
export function defaultsOf(stage: string): Readonly<Record<string, unknown>> {
  if (stage === 'local') return local;
  const account = process.env['CDK_DEFAULT_ACCOUNT'];
  const region = process.env['CDK_DEFAULT_REGION'] ?? 'us-east-1';
  return { ...(stage === 'prod' ? prod : dev), region, ...(account !== undefined && { account }) };
}
