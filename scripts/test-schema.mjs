/**
 * `npm run test:schema`: has Schemathesis send every operation of docs/openapi.json what the description allows and what
 * it forbids. No answer may be a 5xx, of a status or a type that is not described, or of another shape. It speaks to
 * NARAE_URL (this machine only: what it sends creates and deletes), or else to a system of its own.
 *
 * `--seed N` tries other things (equal seeds send equal things as long as the answers are equal), `--examples N` more of
 * them, `--seconds N` for longer.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ensureVirtualEnvironment } from '../local/bootstrap/python.mjs';

const root = resolve(import.meta.dirname, '..');
const START_LIMIT_MS = 300_000;
/** For what is still under way when the time to try things is up. */
const FINISH_LIMIT_MS = 180_000;
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
];

const { values: asked } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    examples: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '120' },
  },
});

await ensureVirtualEnvironment(root, {
  what: 'the tools of the checks',
  requirements: 'scripts/requirements.txt',
  folder: '.narae/tools',
});

const given = process.env.NARAE_URL;
const system = given === undefined ? await startSystem() : { url: given.replace(/\/+$/, ''), stop: async () => {} };
try {
  process.exitCode = examine(system.url);
} finally {
  await system.stop();
}

function examine(url) {
  if (!/^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(url))
    throw new Error(`NARAE_URL is ${url}; only a system on this machine is sent such things.`);
  const key = process.env.NARAE_KEY;
  const args = ['--config-file', '/dev/null', 'run', `${url}/openapi.json`, '--no-color', '--warnings', 'off'];
  args.push('--phases', 'examples,coverage,fuzzing', '--max-examples', asked.examples, '--seed', asked.seed);
  args.push('--checks', CHECKS.join(','), '--request-timeout', '40', '--workers', '2');
  // On a busy machine less is tried, rather than nothing finished.
  args.push('--max-time', asked.seconds);
  // Slow generation is no fault of the API; what was found before is not kept: equal seeds do equal things.
  args.push('--suppress-health-check', 'all', '--generation-database', 'none');
  if (key !== undefined) args.push('--header', `X-API-Key: ${key}`);
  const { status, error } = spawnSync(join(root, '.narae/tools/bin/schemathesis'), args, {
    cwd: root,
    env: { ...process.env, SCHEMATHESIS_HOOKS: join(root, 'scripts/schemathesis_hooks.py') },
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: Number(asked.seconds) * 1_000 + FINISH_LIMIT_MS,
  });
  if (error) throw error;
  return status ?? 1;
}

/** What `npm start` starts, with fresh state and a free port. */
async function startSystem() {
  mkdirSync(join(root, '.narae'), { recursive: true });
  const stateDir = mkdtempSync(join(root, '.narae/test-schema-'));
  const log = join(stateDir, 'start.log');
  const out = openSync(log, 'w');
  const child = spawn(process.execPath, [join(root, 'local/bootstrap.mjs'), 'start'], {
    cwd: root,
    stdio: ['ignore', out, out],
    env: { ...process.env, NARAE_STATE_DIR: stateDir, NARAE_PORT: '0' },
  });
  closeSync(out);
  const ended = new Promise((done) => child.once('exit', done));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(stateDir, { recursive: true, force: true });
  };
  const facts = join(stateDir, 'system.json');
  const until = Date.now() + START_LIMIT_MS;
  while (!existsSync(facts)) {
    if (child.exitCode !== null || Date.now() > until) {
      const text = readFileSync(log, 'utf8');
      await stop();
      throw new Error(`Narae did not start. Its last output:\n${text.slice(-4_000)}`);
    }
    await setTimeout(250);
  }
  const { url } = JSON.parse(readFileSync(facts, 'utf8'));
  return { url: url.replace(/\/$/, ''), stop };
}
