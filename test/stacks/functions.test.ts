import { functionsOf, isInstaller, isSandbox, type Function } from './functions';
import { namedStage, STAGES, templateOf } from './stage';

describe.each(Object.keys(STAGES))('functions of stage %s', (stage) => {
  const functions = functionsOf(stage);

  test('are one sandbox for each runtime and tier, and the engine', () => {
    const names = functions.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('sandbox-')).sort()).toEqual([
      'sandbox-nodejs24-1536',
      'sandbox-nodejs24-3008',
      'sandbox-nodejs24-512',
      'sandbox-python313-1536',
      'sandbox-python313-3008',
      'sandbox-python313-512',
    ]);
    expect(names).toEqual(expect.arrayContaining(['runner', 'reaper', 'stream', 'invocations', 'site']));
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
  const own = (stage: string) =>
    functionsOf(stage).filter((one) => !isSandbox(one) && !isInstaller(one) && one.name !== 'toolchain');
  const names = (one: Function) => Object.keys(one.Environment.Variables);

  test('all are given what all need; on AWS the secret of the edge too', () => {
    for (const one of own('prod'))
      expect(names(one)).toEqual(expect.arrayContaining([...common, 'NARAE_ORIGIN_SECRET_ID']));
  });

  test('in the emulator nothing insists on an edge', () => {
    for (const one of own('local')) {
      expect(names(one)).toEqual(expect.arrayContaining(common));
      expect(names(one)).not.toContain('NARAE_ORIGIN_SECRET_ID');
    }
  });

  test('the stage, the mode and the origins are those of the configuration', () => {
    const functions = functionsOf('dev', namedStage('dev for two origins'));
    for (const name of ['callbacks', 'functions', 'invocations', 'jobs', 'site', 'stream']) {
      const variables = functions.find((one) => one.name === name)?.Environment.Variables;
      expect([name, variables]).toEqual([
        name,
        expect.objectContaining({
          NARAE_STAGE: 'dev',
          NARAE_AUTH: 'api-key',
          NARAE_ALLOWED_ORIGINS: 'https://a.example,https://b.example',
        }),
      ]);
    }
  });
});

describe('the local stage', () => {
  const PROXY = 'http://127.0.0.1:1234/invoke';

  test('sends invokes of every function where the environment says', () => {
    for (const { name, Environment } of functionsOf('local', namedStage('local with a proxy')))
      expect([name, Environment.Variables['MINISTACK_LAMBDA_PROXY_URL']]).toEqual([name, PROXY]);
  });

  test('sends them nowhere without it, and no other stage ever does', () => {
    const others = [...functionsOf('local'), ...functionsOf('prod', namedStage('prod with a proxy'))];
    for (const { Environment } of others)
      expect(Environment.Variables).not.toHaveProperty('MINISTACK_LAMBDA_PROXY_URL');
  });
});
