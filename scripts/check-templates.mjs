/**
 * `npm run check:templates`: synthesizes the app for example stages and has cfn-lint judge every template, and
 * parliament every policy in them (scripts/check_policies.py). The tools are
 * installed into .narae/tools on first use, pinned with hashes.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureVirtualEnvironment } from '../local/bootstrap/python.mjs';

const root = resolve(import.meta.dirname, '..');
/** With what a stage has to be told. */
const STAGES = {
  local: {},
  dev: {},
  prod: { maxConcurrentRuns: 300, alarmEmail: 'ops@example.com' },
  // All that can be there, far from the edge's region.
  closed: {
    account: '123456789012',
    region: 'eu-central-1',
    auth: 'none',
    network: 'none',
    allowedCidrs: ['203.0.113.0/24', '2001:db8::/32'],
    alarmEmail: 'ops@example.com',
    alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:ops',
    monthlyBudgetUsd: 50,
    maxViewers: 20,
    decisions: {
      provider: 'bedrock',
      embedder: 'titan',
      bedrock: { model: 'vendor.model-v1:0', inferenceProfile: 'eu.vendor.model-v1:0' },
    },
    retainData: true,
  },
};
/** W3005: CDK writes out dependencies that a reference implies already; harmless, and not ours to change. */
const IGNORED = ['W3005'];
const TIME_LIMIT_MS = 10 * 60_000;

await ensureVirtualEnvironment(root, {
  what: 'the tools of the checks',
  requirements: 'scripts/requirements.txt',
  folder: '.narae/tools',
});
const lint = join(root, '.narae/tools/bin/cfn-lint');
const python = join(root, '.narae/tools/bin/python');
/** pkg_resources, by which parliament finds its files, warns that it will be gone one day. */
const policies = ['-W', 'ignore', join(root, 'scripts/check_policies.py')];

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: TIME_LIMIT_MS,
  });
  if (error) throw error;
  return status ?? 1;
}

let failed = 0;
for (const [stage, settings] of Object.entries(STAGES)) {
  const out = mkdtempSync(join(tmpdir(), `narae-${stage}-`));
  try {
    const context = ['-c', `stage=${stage}`, '-c', `settings=${JSON.stringify(settings)}`];
    if (run('cdk', ['synth', '--quiet', ...context, '--output', out]) !== 0) failed += 1;
    const templates = readdirSync(out)
      .filter((file) => file.endsWith('.template.json'))
      .map((file) => join(out, file));
    if (
      templates.length === 0 ||
      run(lint, ['--non-zero-exit-code', 'warning', '--ignore-checks', ...IGNORED, '--', ...templates]) !== 0 ||
      run(python, [...policies, ...templates]) !== 0
    )
      failed += 1;
    else console.log(`${stage}: ${templates.length} templates are clean`);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
process.exit(failed === 0 ? 0 : 1);
