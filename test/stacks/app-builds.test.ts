import * as z from 'zod';
import { appBuilds } from '../../lambdas/builds/build/pipeline';
import { TASK_DEADLINE_MS } from '../../lambdas/builds/limits';
import { callbackBuilds } from '../../lambdas/callbacks/deploy/pipeline';
import { functionTimeoutSeconds } from '../../lambdas/platform/pipeline/pipeline';
import { pipelineStates } from '../../lib/constructs/pipeline-states';
import { functionsOf } from './functions';
import { actions, allowed, LOGS, rolesOf, text } from './roles';

const State = z.looseObject({ Type: z.string(), Parameters: z.object({ FunctionName: z.string() }).optional() });
const Definition = z.object({ TimeoutSeconds: z.number(), States: z.record(z.string(), State) });
const { TimeoutSeconds, States } = Definition.parse(
  pipelineStates(appBuilds, {
    worker: 'builder',
    functions: { toolchain: 'toolchain', 'python-installer': 'installer' },
  }),
);

describe('the states of a build or a push', () => {
  test('end before their task does', () => {
    expect(TimeoutSeconds * 1000).toBeLessThan(TASK_DEADLINE_MS);
  });

  test('are done by the functions that are for them', () => {
    const by = (name: string) =>
      Object.entries(States)
        .filter(([, { Parameters }]) => Parameters?.FunctionName === name)
        .map(([state]) => state);
    expect(by('toolchain')).toEqual(['Check', 'Componentize']);
    expect(by('installer')).toEqual(['Resolve', 'Install']);
    expect(by('builder')).toEqual(['Begin', 'Judge', 'Plan', 'Assemble', 'Accept', 'Push', 'Reject']);
  });

  test('give dependencies five minutes at most', () => {
    const { resolve, install } = appBuilds.steps;
    expect(resolve.timeoutSeconds + install.timeoutSeconds).toBeLessThanOrEqual(300);
  });

  test('wait for installers as long as the builds of callbacks, whose installers they are', () => {
    const seconds = (pipeline: Parameters<typeof functionTimeoutSeconds>[0]) =>
      functionTimeoutSeconds(pipeline, 'python-installer');
    expect(seconds(appBuilds)).toBe(seconds(callbackBuilds));
  });
});

describe.each(['local', 'prod', 'closed'])('builds of stage %s', (name) => {
  test('are begun by the builds API only', () => {
    const starters = rolesOf(name).filter((role) =>
      text(allowed(role).filter(({ Action }) => Action.includes('states:StartExecution'))).includes('AppBuilds'),
    );
    expect(starters.map((role) => role.name)).toEqual(['builds']);
  });

  test('are checked by a function that may write its log, and nothing else', () => {
    expect(
      rolesOf(name)
        .filter((role) => role.name === 'toolchain')
        .map(actions),
    ).toEqual([LOGS]);
    const toolchain = functionsOf(name).find((one) => one.name === 'toolchain');
    expect(Object.keys(toolchain?.Environment.Variables ?? {})).toEqual(['AWS_LAMBDA_EXEC_WRAPPER']);
    expect(toolchain?.Timeout).toBe(functionTimeoutSeconds(appBuilds, 'toolchain'));
  });

  test('publish to the one repository, which nobody else writes to', () => {
    const pushers = rolesOf(name).filter((role) => actions(role).includes('ecr:PutImage'));
    expect(pushers.map((role) => role.name)).toEqual(['app-builder']);
    for (const { Action, Resource } of pushers.flatMap(allowed))
      if (Action.some((action) => action.startsWith('ecr:') && action !== 'ecr:GetAuthorizationToken'))
        expect(text(Resource)).not.toContain('*');
  });
});
