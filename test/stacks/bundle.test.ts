import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type * as bundler from '../../lib/bundle/bundle';
import { bundle } from '../../lib/bundle/bundle';

const ENTRIES = [
  'lambdas/invocations/api.lambda.ts',
  'lambdas/site/api.lambda.ts',
  'lambdas/engine/runner.lambda.ts',
  'lambdas/engine/reaper.lambda.ts',
  'lambdas/stream/stream.lambda.ts',
];

/** Every setting that any function asks for; none of them is reached at start. */
const ENVIRONMENT = {
  NARAE_STAGE: 'test',
  NARAE_VERSION: '0.0.0',
  NARAE_AUTH: 'none',
  NARAE_RUNS_TABLE: 'runs',
  NARAE_ENTITIES_TABLE: 'entities',
  NARAE_BUCKET: 'bucket',
  NARAE_TICKET_SECRET_ID: 'ticket',
  NARAE_RUNNER_FUNCTION: 'runner',
  NARAE_DATA_KEY_ID: 'key',
  NARAE_SANDBOXES: JSON.stringify({ 'python3.13': [[512, 'p']], nodejs24: [[512, 'n']] }),
  AWS_REGION: 'us-east-1',
};

describe.each(ENTRIES)('%s', (entry) => {
  const made = bundle(entry);

  test('is one file that starts and has its handler', () => {
    expect(readdirSync(made.folder)).toEqual(['index.js']);
    // The streaming function finds this in Lambda's runtime.
    const runtime = 'globalThis.awslambda = { streamifyResponse: (handler) => handler };';
    const program = `${runtime} console.log(typeof require(${JSON.stringify(path.join(made.folder, 'index.js'))}).handler)`;
    const output = execFileSync(process.execPath, ['-e', program], {
      env: ENVIRONMENT,
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(output.trim()).toBe('function');
  });

  test('is small, because each megabyte is most of a second of a cold start', () => {
    expect(made.bytes).toBeLessThan(700_000);
  });

  test('holds no credential provider but the environment', () => {
    const inputs = made.sources;
    expect(inputs.length).toBeGreaterThan(10);
    expect(inputs.filter((file) => /credential-provider-|token-providers|client-sso/.test(file))).toEqual([]);
  });

  test('made again it is the same to the byte', () => {
    jest.isolateModules(() => {
      const again = jest.requireActual<typeof bundler>('../../lib/bundle/bundle');
      expect(again.bundle(entry).folder).toBe(made.folder);
    });
  });
});

test('an entry that is not there is named', () => {
  expect(() => bundle('lambdas/nowhere/api.lambda.ts')).toThrow(
    'lambdas/nowhere/api.lambda.ts is missing: a stack names it as the entry of a function',
  );
});

test('an entry that does not build says where', () => {
  expect(() => bundle('docs/architecture.md')).toThrow(/^docs\/architecture\.md does not build:\n {2}/);
});
