import { isLoopback, readSettings, SettingsError } from '../../../../local/cli/settings';

describe('settings', () => {
  test('have defaults for a single person at a laptop', () => {
    expect(readSettings([], {})).toMatchObject({
      host: '127.0.0.1',
      port: 8787,
      auth: 'none',
      network: 'none',
      watch: false,
    });
  });

  test('come from arguments before variables', () => {
    const environment = { NARAE_PORT: '1', NARAE_AUTH: 'none', NARAE_STATE_DIR: '/x' };

    expect(readSettings(['--port', '0', '--auth', 'api-key', '--watch'], environment)).toMatchObject({
      port: 0,
      auth: 'api-key',
      watch: true,
      stateDir: '/x',
    });
  });

  test.each([
    [1, 16, 4],
    [8, 89, 22],
    [64, 256, 64],
  ])('bound environments by free memory: %d GiB', (gib, environments, concurrency) => {
    expect(readSettings([], {}, gib * 1024 ** 3)).toMatchObject({ environments, concurrency });
  });

  test('take bounds of environments that are named', () => {
    const environment = { NARAE_LAMBDA_ENVIRONMENTS: '40', NARAE_LAMBDA_CONCURRENCY: '7' };
    expect(readSettings([], environment, 1)).toMatchObject({ environments: 40, concurrency: 7 });
  });

  test('have the quotas of a new account, frozen environments, and others where they are named', () => {
    expect(readSettings([], {})).toMatchObject({
      quotas: { accountConcurrency: 1_000, tenantEnvironments: 2_500 },
      freeze: true,
    });
    const environment = {
      NARAE_LAMBDA_ACCOUNT_CONCURRENCY: '8',
      NARAE_LAMBDA_TENANT_ENVIRONMENTS: '500',
      NARAE_LAMBDA_FREEZE: 'off',
    };
    expect(readSettings([], environment)).toMatchObject({
      quotas: { accountConcurrency: 8, tenantEnvironments: 500 },
      freeze: false,
    });
    expect(() => readSettings([], { NARAE_LAMBDA_FREEZE: 'no' })).toThrow('NARAE_LAMBDA_FREEZE');
  });

  test('name private addresses that functions may have', () => {
    expect(readSettings([], {})?.openTargets).toBeUndefined();
    const environment = { NARAE_OPEN_TARGETS: '127.0.0.1:9000,10.0.3.7:80' };
    expect(readSettings([], environment)?.openTargets).toEqual(['127.0.0.1:9000', '10.0.3.7:80']);
  });

  test('name where libraries come from', () => {
    expect(readSettings([], {})?.packageIndexes).toEqual({});
    const environment = {
      NARAE_PYTHON_INDEX: 'http://127.0.0.1:9/simple/',
      NARAE_NODE_INDEX: 'http://127.0.0.1:9/npm/',
    };
    expect(readSettings([], environment)?.packageIndexes).toEqual({
      python: environment.NARAE_PYTHON_INDEX,
      node: environment.NARAE_NODE_INDEX,
    });
  });

  test('name models, and the secret that their key is put into', () => {
    expect(readSettings([], {})).toMatchObject({
      decisions: undefined,
      modelKey: undefined,
      bedrockEndpoint: undefined,
    });
    const server = { baseUrl: 'http://127.0.0.1:9/v1', model: 'some' };
    const NARAE_DECISIONS = JSON.stringify({ provider: 'openai-compatible', openAiCompatible: server });
    expect(readSettings([], { NARAE_DECISIONS })?.decisions).toMatchObject({ openAiCompatible: server });
    const keyed = readSettings([], { NARAE_DECISIONS, NARAE_DECISIONS_KEY: 'sk-1' });
    expect(keyed?.decisions).toMatchObject({ openAiCompatible: { ...server, keySecret: 'narae-local/model-key' } });
    expect(keyed?.modelKey).toBe('sk-1');
    expect(JSON.stringify(keyed?.decisions)).not.toContain('sk-1');
    const environment = { NARAE_BEDROCK_ENDPOINT: 'http://127.0.0.1:9' };
    expect(readSettings([], environment)?.bedrockEndpoint).toBe('http://127.0.0.1:9');
  });

  test('are not there where help is asked for', () => {
    expect(readSettings(['--help'], {})).toBeUndefined();
  });

  test.each([
    [['--port', 'http'], {}, /--port must be a whole number from 0 to 65535; it is "http"/],
    [['--auth', 'jwt'], {}, /--auth must be none or api-key/],
    [['--verbose'], {}, /--verbose/],
    [[], { NARAE_MAX_CONNECTIONS: '0' }, /NARAE_MAX_CONNECTIONS/],
    [[], { NARAE_HOST: '0.0.0.0' }, /without credentials/],
    [[], { NARAE_DECISIONS: 'rules' }, /NARAE_DECISIONS must be a JSON object; it is "rules"/],
    [[], { NARAE_DECISIONS: '["rules"]' }, /NARAE_DECISIONS must be a JSON object/],
    [[], { NARAE_BEDROCK_ENDPOINT: 'here' }, /NARAE_BEDROCK_ENDPOINT must be an http or https address/],
    [[], { NARAE_NODE_INDEX: 'registry' }, /NARAE_NODE_INDEX must be an http or https address/],
  ])('refuse %j %j', (args, environment, message) => {
    expect(() => readSettings(args, environment)).toThrow(SettingsError);
    expect(() => readSettings(args, environment)).toThrow(message);
  });

  test('let other machines in only with credentials', () => {
    expect(readSettings(['--auth', 'api-key'], { NARAE_HOST: '0.0.0.0' })).toMatchObject({ host: '0.0.0.0' });
  });

  test.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['localhost', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['127.0.0.1.example.org', false],
    ['192.168.0.1', false],
  ])('know that %s is loopback: %s', (host, loopback) => {
    expect(isLoopback(host)).toBe(loopback);
  });
});
