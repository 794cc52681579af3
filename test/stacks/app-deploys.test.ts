import * as z from 'zod';
import { appDeploys } from '../../lambdas/builds/deploy/pipeline';
import { DEPLOY_DEADLINE_MS } from '../../lambdas/builds/limits';
import { functionTimeoutSeconds } from '../../lambdas/platform/pipeline/pipeline';
import { buildStage, removeAssemblies, synthesized } from './built-stage';
import { actions, allowed, rolesIn, rolesOf, text, type FunctionRole } from './roles';

afterAll(removeAssemblies);

describe('the states of a deploy', () => {
  const { advance } = appDeploys.steps;

  test('outlive its deadline by the tries of a last step, so that there is somebody to say that it failed', () => {
    const TRIES = 3;
    const lastSeconds = DEPLOY_DEADLINE_MS / 1000 + TRIES * advance.timeoutSeconds + appDeploys.onFault.timeoutSeconds;
    expect(appDeploys.timeoutSeconds).toBeGreaterThan(lastSeconds);
  });

  test('are repeated until its deadline at least', () => {
    const { everySeconds, atMost } = advance.repeat;
    expect(everySeconds * atMost * 1000).toBeGreaterThan(DEPLOY_DEADLINE_MS);
  });

  test('leave a target the 60 s that it may take', () => {
    expect(functionTimeoutSeconds(appDeploys)).toBeGreaterThan(60);
  });
});

describe.each(['local', 'prod', 'closed'])('apps of stage %s', (name) => {
  const roles = rolesOf(name);
  const prefix = `narae-${name}-app_`;
  const named = (one: string): FunctionRole => {
    const found = roles.find((role) => role.name === one);
    if (!found) throw new Error(`no function ${one}`);
    return found;
  };
  const ofLambda = allowed(named('app-deployer')).filter(({ Action }) =>
    Action.some((action) => action.startsWith('lambda:')),
  );

  test('are made, changed and removed by one function, which can do so to no other functions', () => {
    const may = (action: string) => roles.filter((role) => actions(role).includes(action)).map((role) => role.name);
    for (const action of ['CreateFunction', 'UpdateFunctionCode', 'DeleteFunction', 'CreateFunctionUrlConfig'])
      expect(may(`lambda:${action}`)).toEqual(['app-deployer']);
    expect(ofLambda.flatMap(({ Resource }) => Resource).length).toBeGreaterThan(0);
    // A sandbox is asked for the network that apps are to have.
    const lookups = ofLambda.filter(({ Action }) => Action.join() === 'lambda:GetFunctionConfiguration');
    expect(lookups.map(({ Resource }) => text(Resource))).toEqual(
      name === 'closed' ? [expect.stringMatching(/:function:narae-closed-sandbox-/)] : [],
    );
    for (const resource of ofLambda.filter((one) => !lookups.includes(one)).flatMap(({ Resource }) => Resource))
      expect(text(resource)).toMatch(new RegExp(`:function:${prefix}\\*`));
    expect(actions(named('app-deployer'))).not.toContain('lambda:InvokeFunction');
  });

  test('no function of ours has the prefix of theirs', () => {
    for (const role of roles) expect(`narae-${name}-${role.name}`.startsWith(prefix)).toBe(false);
  });

  test('are given one role, which may write one log', () => {
    const passing = roles.flatMap((role) =>
      allowed(role)
        .filter(({ Action }) => Action.includes('iam:PassRole'))
        .map((statement) => ({ of: role.name, ...statement })),
    );
    expect(passing.map(({ of, Resource }) => [of, Resource.length])).toEqual([['app-deployer', 1]]);
    expect(text(passing[0]?.Resource)).toMatch(/AppsRole/);
    expect(passing[0]?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } });
  });

  test('have addresses that are signed for, and no others', () => {
    const addresses = ofLambda.filter(({ Action }) => Action.includes('lambda:CreateFunctionUrlConfig'));
    expect(addresses.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
    ]);
  });

  test('are deployed by the builds API, and removed for functions that were deleted', () => {
    const starters = roles.filter((role) =>
      /AppDeploys|app-deploys/.test(
        text(allowed(role).filter(({ Action }) => Action.includes('states:StartExecution'))),
      ),
    );
    expect(starters.map((role) => role.name).sort()).toEqual(['builds', 'functions-cleaner']);
  });
});

test('the credentials of a cluster are read by who deploys to it, where a stage names them', () => {
  const reading = (spin: object) => {
    const stage = synthesized(buildStage({ name: 'local', overrides: { spin } }));
    return rolesIn('local', stage)
      .filter((role) => /:secret:clusters\/one-\?{6}/.test(text(allowed(role))))
      .map((role) => role.name);
  };
  expect(reading({ kubeconfigSecret: 'clusters/one' })).toEqual(['app-deployer']);
  expect(z.array(z.string()).parse(reading({}))).toEqual([]);
});
