import * as z from 'zod';
import { pipelineStates } from '../../lib/constructs/pipeline-states';
import { callbackBuilds } from '../../lambdas/callbacks/deploy/pipeline';
import { BUILD_TIMEOUT_MS } from '../../lambdas/callbacks/deploy/start-build';
import { functionsOf, isInstaller, isSandbox } from './functions';
import { actions, allowed, LOGS, rolesOf, text } from './roles';
import { namedStage, serviceStackOf, resource, resources } from './stage';

const Retry = z.object({
  ErrorEquals: z.array(z.string()),
  MaxAttempts: z.number(),
  BackoffRate: z.number(),
  JitterStrategy: z.literal('FULL'),
});
const State = z.object({
  Type: z.enum(['Task', 'Choice', 'Succeed', 'Fail']),
  Next: z.string().optional(),
  Default: z.string().optional(),
  Choices: z.array(z.object({ Variable: z.string(), StringEquals: z.string(), Next: z.string() })).default([]),
  Parameters: z.object({ FunctionName: z.string(), Payload: z.record(z.string(), z.unknown()) }).optional(),
  TimeoutSeconds: z.number().optional(),
  Retry: z.array(Retry).default([]),
  Catch: z.array(z.object({ ErrorEquals: z.array(z.string()), Next: z.string() })).default([]),
});
const Definition = z.object({ StartAt: z.string(), TimeoutSeconds: z.number(), States: z.record(z.string(), State) });

const definition = Definition.parse(
  pipelineStates(callbackBuilds, {
    worker: 'builder',
    functions: { 'python-installer': 'python', 'node-installer': 'node' },
  }),
);
const states = Object.entries(definition.States);
const tasks = states.filter(([, { Type }]) => Type === 'Task');
const after = ({ Next, Default, Choices, Catch }: z.output<typeof State>) =>
  [Next, Default, ...Choices.map((one) => one.Next), ...Catch.map((one) => one.Next)].filter(
    (name) => name !== undefined,
  );

describe('the states of a build (docs/contracts/callbacks.md#build)', () => {
  test('lead to states that are there, and each is reached', () => {
    const reached = new Set([definition.StartAt]);
    for (const name of reached) for (const next of after(State.parse(definition.States[name]))) reached.add(next);
    expect([...reached].sort()).toEqual(states.map(([name]) => name).sort());
  });

  test('have a time-out each, which together fit into that of the build', () => {
    for (const [name, { TimeoutSeconds }] of tasks) expect([name, typeof TimeoutSeconds]).toEqual([name, 'number']);
    // Who reads the callback takes a build for lost only after its machine has ended.
    expect(BUILD_TIMEOUT_MS).toBeGreaterThan(definition.TimeoutSeconds * 1000);
  });

  test('are tried again with jitter when Lambda is at fault', () => {
    for (const [name, { Retry: retries }] of tasks) {
      const first = retries.find(({ ErrorEquals }) => ErrorEquals.includes('Lambda.TooManyRequestsException'));
      expect([name, first?.ErrorEquals]).toEqual([name, expect.arrayContaining(['Lambda.ServiceException'])]);
      expect(retries.every(({ MaxAttempts, BackoffRate }) => MaxAttempts >= 1 && BackoffRate > 1)).toBe(true);
      // A state that took its whole time would take it once more.
      expect(retries.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain('States.ALL');
    }
  });

  test('let the callback fail, whatever else happens', () => {
    for (const [name, { Catch }] of tasks.filter(([one]) => one !== 'Reject'))
      expect([name, Catch.map(({ ErrorEquals, Next }) => [ErrorEquals, Next])]).toEqual([
        name,
        [[['States.ALL'], 'Reject']],
      ]);
    expect(definition.States['Reject']?.Next).toBe('Faulty');
    expect(definition.States['Faulty']?.Type).toBe('Fail');
  });

  test('install by the installer of the language', () => {
    const by = (functionName: string) =>
      tasks.filter(([, { Parameters }]) => Parameters?.FunctionName === functionName).map(([name]) => name);
    expect(by('python')).toEqual(['ResolvePython', 'InstallPython']);
    expect(by('node')).toEqual(['ResolveNode', 'InstallNode']);
    expect(by('builder')).toEqual(['Check', 'Find', 'Publish', 'Reject']);
  });
});

/** Names of the machines that a role may start executions of. */
const startable = (role: Parameters<typeof allowed>[0]): string =>
  text(allowed(role).filter(({ Action }) => Action.includes('states:StartExecution')));

describe.each(['local', 'prod', 'closed'])('builds of stage %s', (name) => {
  const builds = serviceStackOf(namedStage(name), 'callbacks');
  const machine = resource(builds, 'AWS::StepFunctions::StateMachine').Properties;

  test('are logged without what they carry, and traced', () => {
    expect(machine['LoggingConfiguration']).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    expect(machine['TracingConfiguration']).toEqual({ Enabled: true });
  });

  test('may invoke the three functions that work for them, and nothing else', () => {
    const roles = [...resources(builds, 'AWS::IAM::Role')].filter(([, one]) =>
      text(one.Properties['AssumeRolePolicyDocument']).includes('states.amazonaws.com'),
    );
    expect(roles).toHaveLength(1);
    const Policies = z.array(
      z.object({
        PolicyDocument: z.object({
          Statement: z.array(z.object({ Action: z.unknown(), Resource: z.array(z.unknown()) })),
        }),
      }),
    );
    const statements = Policies.parse(roles[0]?.[1].Properties['Policies']).flatMap(
      (one) => one.PolicyDocument.Statement,
    );
    expect(statements.map(({ Action }) => Action)).toEqual(['lambda:InvokeFunction']);
    expect(statements.flatMap(({ Resource }) => Resource)).toHaveLength(3);
    expect(text(statements)).not.toContain('*');
  });

  test('are begun by the callbacks API only', () => {
    const starters = rolesOf(name).filter((role) => startable(role).includes('CallbackBuilds'));
    expect(starters.map((role) => role.name)).toEqual(['callbacks']);
  });
});

describe('installers', () => {
  const all = functionsOf('prod');

  test('may write their log, and nothing else', () => {
    const roles = rolesOf('prod').filter(isInstaller);
    expect(roles.map(actions)).toEqual([LOGS, LOGS]);
    for (const one of all.filter(isInstaller)) expect(text(one.Environment)).not.toMatch(/TABLE|BUCKET|SECRET|KEY/);
  });

  test('run on what the sandboxes run on, so that what they install fits', () => {
    const platforms = (functions: typeof all) =>
      [...new Set(functions.map(({ Runtime, Architectures }) => `${Runtime} ${Architectures.join()}`))].sort();
    expect(platforms(all.filter(isInstaller))).toEqual(platforms(all.filter(isSandbox)));
  });

  test('are the only ones whose children have a network of their own on a laptop', () => {
    const withNetwork = all.filter(({ Environment }) => 'NARAE_CHILD_NETWORK' in Environment.Variables);
    expect(withNetwork.map(({ name }) => name).sort()).toEqual(['library-installer-node', 'library-installer-python']);
  });

  test('use the indexes that the stage names, and then no others', () => {
    const stage = namedStage('dev with package indexes');
    const variables = (name: string) =>
      functionsOf('dev', stage).find((one) => one.name === name)?.Environment.Variables;
    expect(variables('library-installer-python')).toMatchObject({
      PIP_INDEX_URL: 'https://pypi.example/simple/',
      PIP_EXTRA_INDEX_URL: '',
    });
    expect(variables('library-installer-node')).toMatchObject({ npm_config_registry: 'https://npm.example/' });
    expect(Object.keys(all.find(isInstaller)?.Environment.Variables ?? {})).not.toContain('PIP_INDEX_URL');
  });
});
