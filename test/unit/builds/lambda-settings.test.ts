import { lambdaEnvironment } from '../../../lambdas/builds/lambda-target/environment';
import { functionNameOf } from '../../../lambdas/builds/lambda-target/function-name';
import { ignoredOnLambda, memoryMbOf } from '../../../lambdas/builds/lambda-target/settings';

test.each([
  ['250Mi', undefined, 250],
  ['1Gi', 512, 1024],
  ['500M', undefined, 477],
  ['0.5Gi', undefined, 512],
  ['1000000001', undefined, 954],
  ['64Mi', undefined, 128],
  [undefined, 512, 512],
  [undefined, undefined, 256],
])('a memory limit of %s, with a function of %s MB, is %d MB', (limit, ofFunction, memory) => {
  expect(memoryMbOf(limit, ofFunction)).toBe(memory);
});

test('fields that Lambda cannot honour are named with why, and those that ask for what it does are not', () => {
  const sent = { replicas: 3, use_spot: true, cpu_limit: '250m', enable_autoscaling: true, custom_affinity: null };
  expect(ignoredOnLambda(sent)).toEqual({
    ignoredFields: ['replicas', 'use_spot', 'cpu_limit'],
    warnings: [
      'replicas: Lambda scales by itself',
      'use_spot: Lambda has no spot capacity',
      'cpu_limit: Lambda gives CPU in proportion to memory',
    ],
  });
  expect(ignoredOnLambda({ use_spot: false, enable_autoscaling: false }).ignoredFields).toEqual(['enable_autoscaling']);
});

test('variables that Lambda keeps for itself go another way, and too many none', () => {
  const values = { SHOP: 'k', AWS_REGION: 'x', PATH: '/x', _SECRET: 's', A: '1' };
  expect(lambdaEnvironment(values)).toEqual({
    SHOP: 'k',
    NARAE_ENV: '{"A":"1","AWS_REGION":"x","PATH":"/x","_SECRET":"s"}',
  });
  expect(lambdaEnvironment({ BIG: 'x'.repeat(4_093) })).toBeDefined();
  expect(lambdaEnvironment({ BIG: 'x'.repeat(4_094) })).toBeUndefined();
});

test('names of functions are of one stage, tell namespaces apart, and are never too long', () => {
  const name = functionNameOf('narae-dev-app_', { namespace: 'default', name: 'stockwatch' });
  expect(name).toMatch(/^narae-dev-app_stockwatch-[0-9a-f]{10}$/);
  expect(functionNameOf('narae-dev-app_', { namespace: 'other', name: 'stockwatch' })).not.toBe(name);
  const long = { namespace: 'default', name: 'x'.repeat(47) };
  expect(functionNameOf('narae-a-stage-as-long-app_', long)).toHaveLength(64);
});
