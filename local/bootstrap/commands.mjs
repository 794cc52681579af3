import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runInForeground } from './child.mjs';
import { say, SetupError } from './console.mjs';
import { node24Folder } from './node-modules.mjs';
import { ensureBubblewrap, ensureChromium, ensureRegistryPrograms } from './system-packages.mjs';
import { ensurePythonEnvironment } from './python.mjs';

/**
 * What `local/bootstrap.mjs <command>` can run. `prepare` installs what the command needs beyond node_modules;
 * `run` answers the exit status.
 */
export const commands = {
  start: {
    prepare: prepareSystem,
    run: (root, args, env) =>
      runInForeground(node(root), ['--import', 'tsx', 'local/start.ts', ...args], { cwd: root, env }),
  },
  test: {
    prepare: async (root) => {
      await prepareSystem(root);
      await ensureRegistryPrograms();
      return { NARAE_CHROMIUM: (await ensureChromium()) ?? '' };
    },
    run: runTests,
  },
  bench: {
    prepare: prepareSystem,
    run: (root, args, env) =>
      runInForeground(node(root), ['--import', 'tsx', 'test/bench/run.ts', ...args], { cwd: root, env }),
  },
  selftest: {
    // The stage may be anywhere: nothing but Node is needed here.
    prepare: async () => ({}),
    run: (root, args, env) =>
      runInForeground(node(root), ['--import', 'tsx', 'test/security/selftest.ts', ...args], { cwd: root, env }),
  },
  deploy: {
    // It works on an account, never on what runs on this machine.
    prepare: async () => ({}),
    run: (root, args, env) =>
      runInForeground(node(root), ['--import', 'tsx', 'bin/deploy.ts', ...args], { cwd: root, env }),
  },
  doctor: {
    // It works where nothing else does: nothing is installed, and nothing has to run.
    prepare: async () => ({}),
    run: (root, args, env) =>
      runInForeground(node(root), ['--import', 'tsx', 'bin/doctor.ts', ...args], { cwd: root, env }),
  },
  keys: tool('bin/keys.ts'),
  seed: tool('bin/seed.ts'),
  replay: tool('bin/replay.ts'),
  restore: tool('bin/restore.ts'),
};

/** What a local system stands on beyond node_modules. */
async function prepareSystem(root) {
  await ensurePythonEnvironment(root);
  await ensureBubblewrap();
}

const node = (root) => path.join(node24Folder(root), 'node');

/** A command-line tool that works on an installation. */
function tool(file) {
  return {
    prepare: async () => ({}),
    run: (root, args, env) =>
      runInForeground(node(root), ['--import', 'tsx', file, ...args], {
        cwd: root,
        env: { ...env, ...keysEnvironment(env, readSystemFile(root, env)) },
      }),
  };
}

/** What `npm test` runs, before what these asked of AWS is judged. */
const TEST_PROJECTS = ['unit', 'stacks', 'acceptance', 'acceptance-auth', 'security', 'browser', 'faults'];

/** Jest, then as the very last line what came out of it: whatever jest itself still prints comes before. */
async function runTests(root, args, env) {
  const summary = path.join(root, '.narae', `test-summary-${process.pid}.txt`);
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const run = (selected, more) =>
    runInForeground(node(root), [jest, ...selected], {
      cwd: root,
      env: { ...env, NARAE_TEST_SUMMARY: summary, ...more },
    });
  const status = args.length > 0 ? await run(args, {}) : await runAllTests(run);
  if (existsSync(summary)) {
    process.stdout.write(`${readFileSync(summary, 'utf8')}\n`);
    rmSync(summary);
  }
  return status;
}

/** All tests, then the judgement of the AWS calls that they led to, which is complete only when they have ended. */
async function runAllTests(run) {
  const recordings = mkdtempSync(path.join(tmpdir(), 'narae-recordings-'));
  try {
    const tests = await run(['--selectProjects', ...TEST_PROJECTS], { NARAE_TEST_RECORDINGS: recordings });
    // A deployment that somebody named is not ours to record.
    const judgement = process.env.NARAE_URL
      ? 0
      : await run(['--selectProjects', 'permissions'], { NARAE_TEST_RECORDINGS: recordings });
    return tests === 0 ? judgement : tests;
  } finally {
    rmSync(recordings, { recursive: true, force: true });
  }
}

/**
 * `npm run keys`, `seed`, `replay` and `restore` talk to the stack that runs on this machine, unless the person has pointed
 * the AWS tools at an account: then a stage in the cloud is meant and nothing is added.
 */
export function keysEnvironment(env, system) {
  const cloud = ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_ENDPOINT_URL', 'AWS_WEB_IDENTITY_TOKEN_FILE'];
  if (cloud.some((name) => env[name])) return {};
  if (system === undefined) {
    throw new SetupError(
      'No local stack is running: start it with "npm start", or configure AWS credentials (AWS_PROFILE, ...) ' +
        'to work on a stage in the cloud.',
    );
  }
  return {
    AWS_ENDPOINT_URL: system.awsEndpoint,
    AWS_ENDPOINT_URL_LAMBDA: system.lambdaEndpoint,
    AWS_REGION: system.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    NARAE_STAGE: env.NARAE_STAGE ?? 'local',
    NARAE_ENTITIES_TABLE: system.outputs['narae-local-data']?.EntitiesTableName ?? '',
    NARAE_BUCKET: system.outputs['narae-local-data']?.BucketName ?? '',
  };
}

function readSystemFile(root, env) {
  const file = path.join(path.resolve(root, env.NARAE_STATE_DIR ?? '.narae'), 'system.json');
  if (!existsSync(file)) return undefined;
  const system = JSON.parse(readFileSync(file, 'utf8'));
  try {
    process.kill(system.pid, 0);
    return system;
  } catch (error) {
    if (error.code === 'EPERM') return system;
    say(`${path.relative(root, file)} is left from a stack that is no longer running.`);
    return undefined;
  }
}
