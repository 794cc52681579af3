import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import {
  everywhere,
  removeAssemblies,
  resource,
  resources,
  STAGES,
  namedStage,
  stageOf,
  templateOf,
  type Resource,
} from './stage';

const Function = z.object({
  FunctionName: z.string(),
  Runtime: z.string(),
  Handler: z.string(),
  Architectures: z.array(z.string()),
  MemorySize: z.number(),
  Timeout: z.number(),
  TenancyConfig: z.unknown().optional(),
  LoggingConfig: z.looseObject({ LogGroup: z.object({ Ref: z.string() }) }),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).default({ Variables: {} }),
  ReservedConcurrentExecutions: z.number().optional(),
  VpcConfig: z.unknown().optional(),
});

afterAll(removeAssemblies);

const functionsOf = (name: string, stage = namedStage(name)) =>
  everywhere(stage, 'AWS::Lambda::Function').map(([, { Properties }]) => {
    const one = Function.parse(Properties);
    return { ...one, name: one.FunctionName.replace(`narae-${name}-`, '') };
  });

const isSandbox = ({ name }: { readonly name: string }) => name.startsWith('sandbox-');

describe.each(Object.keys(STAGES))('functions of stage %s', (stage) => {
  const functions = functionsOf(stage);

  test('are those of the architecture', () => {
    expect(functions.map(({ name }) => name).sort()).toEqual([
      'invocations',
      'reaper',
      'runner',
      'sandbox-nodejs24-1536',
      'sandbox-nodejs24-3008',
      'sandbox-nodejs24-512',
      'sandbox-python313-1536',
      'sandbox-python313-3008',
      'sandbox-python313-512',
      'site',
      'stream',
    ]);
  });

  test('are all of them: no function of CDK deploys anything', () => {
    const { all } = namedStage(stage);
    const types = all.flatMap((stack) => Object.values(templateOf(stack)).map(({ Type }) => Type));
    expect(types.filter((type) => /^Custom::|CustomResource/.test(type))).toEqual([]);
  });

  test('run on arm64', () => {
    for (const { Architectures } of functions) expect(Architectures).toEqual(['arm64']);
  });

  test('each write to a log group of their own', () => {
    for (const { LoggingConfig } of functions)
      expect(LoggingConfig).toMatchObject({ LogFormat: 'JSON', SystemLogLevel: 'WARN' });
    const groups = functions.map(({ LoggingConfig }) => LoggingConfig.LogGroup.Ref);
    expect(new Set(groups).size).toBe(functions.length);
  });

  test('every sandbox keeps tenants apart and may take fifteen minutes; nothing else is isolated', () => {
    for (const one of functions)
      expect([one.name, one.TenancyConfig]).toEqual([
        one.name,
        isSandbox(one) ? { TenantIsolationMode: 'PER_TENANT' } : undefined,
      ]);
    for (const { Timeout } of functions.filter(isSandbox)) expect(Timeout).toBe(900);
  });

  test('sandboxes hold nothing of ours in their environment', () => {
    for (const { Runtime, Environment } of functions.filter(isSandbox))
      expect(Environment.Variables).toEqual(
        Runtime === 'python3.13' ? { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/supervise' } : {},
      );
  });

  test('sandboxes have a network that leads nowhere where the stage says so, and none of ours has one', () => {
    for (const one of functions)
      expect([one.name, one.VpcConfig !== undefined]).toEqual([one.name, stage === 'closed' && isSandbox(one)]);
  });
});

describe('environment of our functions (docs/architecture.md)', () => {
  const common = [
    'NARAE_AUTH',
    'NARAE_BUCKET',
    'NARAE_ENTITIES_TABLE',
    'NARAE_RUNS_TABLE',
    'NARAE_STAGE',
    'NARAE_TICKET_SECRET_ID',
    'NARAE_VERSION',
  ];
  const own: Record<string, readonly string[]> = {
    invocations: ['NARAE_RUNNER_FUNCTION', 'NARAE_DATA_KEY_ID'],
    runner: ['NARAE_SANDBOXES', 'NARAE_DATA_KEY_ID'],
    stream: ['NARAE_ALLOWED_ORIGINS'],
  };
  const names = (one: z.output<typeof Function>) => Object.keys(one.Environment.Variables).sort();
  const expected = (name: string, more: string[]) => [...common, ...(own[name] ?? []), ...more].sort();

  test('on AWS, with the secret of the edge', () => {
    for (const one of functionsOf('prod').filter((fn) => !isSandbox(fn)))
      expect([one.name, names(one)]).toEqual([one.name, expected(one.name, ['NARAE_ORIGIN_SECRET_ID'])]);
  });

  test('in the emulator, without an edge', () => {
    for (const one of functionsOf('local').filter((fn) => !isSandbox(fn)))
      expect([one.name, names(one)]).toEqual([one.name, expected(one.name, [])]);
  });

  test('the stage, the mode and the origins are those of the configuration', () => {
    const functions = functionsOf(
      'dev',
      stageOf('dev', { allowedOrigins: ['https://a.example', 'https://b.example'] }),
    );
    const stream = functions.find(({ name }) => name === 'stream');
    expect(stream?.Environment.Variables).toMatchObject({
      NARAE_STAGE: 'dev',
      NARAE_AUTH: 'api-key',
      NARAE_ALLOWED_ORIGINS: 'https://a.example,https://b.example',
    });
  });
});

describe('the runner', () => {
  const { engine } = namedStage('closed');
  const functions = new Map(
    [...resources(engine, 'AWS::Lambda::Function')].map(([id, { Properties }]) => [id, Function.parse(Properties)]),
  );

  test('knows every sandbox by runtime, memory ascending', () => {
    const runner = [...functions.values()].find(({ FunctionName }) => FunctionName === 'narae-closed-runner');
    const Joined = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });
    const parts = Joined.parse(runner?.Environment.Variables['NARAE_SANDBOXES'])['Fn::Join'][1];
    const Ref = z.object({ Ref: z.string() });
    const json = parts
      .map((part) => (typeof part === 'string' ? part : functions.get(Ref.parse(part).Ref)?.FunctionName))
      .join('');
    const tiers = (runtime: string) =>
      [512, 1536, 3008].map((memory) => [memory, `narae-closed-sandbox-${runtime}-${memory}`]);
    expect(JSON.parse(json)).toEqual({ 'python3.13': tiers('python313'), nodejs24: tiers('nodejs24') });
  });

  test('is tried three times within fifteen minutes, then its order goes to the dead letters', () => {
    expect(invokeConfig('Runner')).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 900 });
    expect(JSON.stringify(invokeConfig('Runner')['DestinationConfig'])).toContain('RunnerDeadLetters');
  });

  test('runs as often at the same time as the stage allows', () => {
    const runner = [...functions.values()].find(({ FunctionName }) => FunctionName === 'narae-closed-runner');
    expect(runner?.ReservedConcurrentExecutions).toBe(50);
  });

  test('the reaper is woken every minute and not tried again', () => {
    expect(resource(engine, 'AWS::Events::Rule').Properties).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
    });
    expect(invokeConfig('Reaper')).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
    expect(JSON.stringify(invokeConfig('Reaper')['DestinationConfig'])).toContain('ReaperDeadLetters');
  });

  test('streams come from a function URL that streams', () => {
    expect(resource(engine, 'AWS::Lambda::Url').Properties).toMatchObject({
      AuthType: 'NONE',
      InvokeMode: 'RESPONSE_STREAM',
    });
  });

  function invokeConfig(idPrefix: string): Resource['Properties'] {
    return resource(engine, 'AWS::Lambda::EventInvokeConfig', idPrefix).Properties;
  }
});

describe('the local stage', () => {
  const PROXY = 'http://127.0.0.1:1234/invoke';
  const proxied = { NARAE_LAMBDA_PROXY_URL: PROXY };

  test('sends invokes of every function where the environment says', () => {
    for (const { name, Environment } of functionsOf('local', stageOf('local', {}, proxied)))
      expect([name, Environment.Variables['MINISTACK_LAMBDA_PROXY_URL']]).toEqual([name, PROXY]);
  });

  test('sends them nowhere without it, and no other stage ever does', () => {
    const others = [...functionsOf('local'), ...functionsOf('prod', stageOf('prod', {}, proxied))];
    for (const { Environment } of others)
      expect(Environment.Variables).not.toHaveProperty('MINISTACK_LAMBDA_PROXY_URL');
  });
});

describe('the sandboxes as they are uploaded', () => {
  const stage = namedStage('local');
  const Assets = z.object({
    files: z.record(z.string(), z.object({ displayName: z.string(), source: z.object({ path: z.string() }) })),
  });
  const folderOf = (runtime: string): string => {
    stage.app.synth();
    const manifest = readFileSync(path.join(stage.assembly, `${stage.engine.stackName}.assets.json`), 'utf8');
    const found = Object.values(Assets.parse(JSON.parse(manifest)).files).find(({ displayName }) =>
      displayName.includes(`${runtime}-`),
    );
    return path.join(stage.assembly, found?.source.path ?? 'no asset');
  };

  test('python is started by an executable wrapper', () => {
    expect(statSync(path.join(folderOf('python313'), 'supervise')).mode & 0o111).toBe(0o111);
  });

  test('node has the module that its handler names', () => {
    expect(statSync(path.join(folderOf('nodejs24'), 'supervisor.mjs')).isFile()).toBe(true);
  });

  test.each(['python313', 'nodejs24'])('%s carries no tests and no leftovers', (runtime) => {
    const files = readdirSync(folderOf(runtime), { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => /test|__pycache__|\.pyc$|\.md$/.test(file))).toEqual([]);
  });
});
