import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, parseConfig, readConfig } from '../../lib/config';

const PROD = { maxConcurrentRuns: 300, alarmEmail: 'ops@example.com' };

const problemsOf = (stage: string, overrides: unknown): string => {
  try {
    parseConfig(stage, [overrides]);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('nothing was wrong');
};

describe('defaults', () => {
  test.each(['local', 'dev', 'team-a'])('stage %s needs no file', (stage) => {
    expect(parseConfig(stage, [{}]).stage).toBe(stage);
  });

  test('local has no credentials and no edge, and is pinned to the account of the emulator', () => {
    expect(parseConfig('local', [{}])).toMatchObject({
      account: '000000000000',
      auth: 'none',
      edge: { enabled: false },
      retainData: false,
    });
  });

  test('on AWS callers need keys, a firewall stands in front, and prod keeps its data', () => {
    expect(parseConfig('prod', [PROD])).toMatchObject({
      auth: 'api-key',
      edge: { enabled: true, waf: true },
      retainData: true,
      maxViewers: 100,
      monthlyBudgetUsd: 100,
    });
    expect(parseConfig('dev', [{}])).toMatchObject({ auth: 'api-key', retainData: false });
  });

  test('a name of its own starts from dev', () => {
    expect(parseConfig('team-a', [{}])).toEqual({ ...parseConfig('dev', [{}]), stage: 'team-a' });
  });

  test('a file overrides field by field, also inside groups', () => {
    const config = parseConfig('prod', [PROD, { edge: { requestsPerAddress: 77 }, throttling: { burstLimit: 9 } }]);
    expect(config.edge).toMatchObject({ enabled: true, waf: true, requestsPerAddress: 77 });
    expect(config.throttling).toEqual({ rateLimit: 1000, burstLimit: 9 });
  });
});

describe('prod has to be told what no default can know', () => {
  test('how many may run at the same time, and who is told when something is wrong', () => {
    const message = problemsOf('prod', {});
    expect(message).toMatch(/maxConcurrentRuns: must say how many runs .*300 of the common 1000.*; it is missing/);
    expect(message).toMatch(/alarmEmail: must say who is told .*\(or alarmTopicArn an SNS topic\); it is missing/);
    expect(problemsOf('prod', { ...PROD, maxConcurrentRuns: null })).toMatch(/maxConcurrentRuns: must say/);
  });

  test.each([{ alarmEmail: 'ops@example.com' }, { alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:ops' }])(
    'an address or a topic: %j',
    (told) => {
      expect(parseConfig('prod', [{ maxConcurrentRuns: 300, ...told }])).toMatchObject(told);
    },
  );

  test('other stages have a bound on runs, which null takes away where the account can reserve nothing', () => {
    expect(parseConfig('team-a', [{}]).maxConcurrentRuns).toBe(100);
    expect(parseConfig('team-a', [{ maxConcurrentRuns: null }]).maxConcurrentRuns).toBeUndefined();
    expect(problemsOf('team-a', { maxConcurrentRuns: 0 })).toMatch(/1 or more, or null; it is 0/);
  });

  test('a budget is of no use while nobody is told of it', () => {
    expect(problemsOf('dev', { monthlyBudgetUsd: 20 })).toMatch(/alarmEmail: must say who is told of the budget/);
    expect(parseConfig('dev', [{ monthlyBudgetUsd: 20, alarmEmail: 'a@example.com' }]).monthlyBudgetUsd).toBe(20);
  });
});

describe('what is wrong is named, with what would be right', () => {
  test.each<[string, unknown, RegExp]>([
    ['account as a number', { account: 123456789012 }, /account: .*string.*; it is 123456789012/],
    ['short account', { account: '1234' }, /account: must be an account number of 12 digits, in quotes; it is "1234"/],
    ['region', { region: 'Virginia' }, /region: must be a region such as "us-east-1"; it is "Virginia"/],
    ['auth', { auth: 'password' }, /auth: must be "none" or "api-key"; it is "password"/],
    ['a network without length', { allowedCidrs: ['10.0.0.1'] }, /allowedCidrs\[0\]: must be a network such as/],
    ['everybody as a network', { allowedCidrs: ['0.0.0.0/0'] }, /allowedCidrs\[0\]: must be a network such as/],
    ['an IPv4 network that is too long', { allowedCidrs: ['10.0.0.0/33'] }, /allowedCidrs\[0\]: /],
    [
      'an origin with a path',
      { allowedOrigins: ['https://a.example/x'] },
      /allowedOrigins\[0\]: must be "\*" or an origin/,
    ],
    ['no origin', { allowedOrigins: [] }, /allowedOrigins: must name at least one origin/],
    ['network', { network: 'private' }, /network: must be "public" or "none"; it is "private"/],
    ['tiers that descend', { memoryTiersMb: [3008, 512] }, /memoryTiersMb: must ascend/],
    ['tiers that are too small', { memoryTiersMb: [512, 1024] }, /memoryTiersMb: must end at 3008 or above/],
    ['a tier that is no whole number', { memoryTiersMb: [512.5, 3008] }, /memoryTiersMb\[0\]: must be a whole number/],
    [
      'no runs at all',
      { maxConcurrentRuns: 0 },
      /maxConcurrentRuns: must be a whole number of runs, 1 or more, or null; it is 0/,
    ],
    [
      'no viewers at all',
      { maxViewers: 0 },
      /maxViewers: must be a whole number of viewers, 1 or more, or null; it is 0/,
    ],
    [
      'rate as text',
      { throttling: { rateLimit: '5' } },
      /throttling\.rateLimit: must be a number of requests per second; it is "5"/,
    ],
    ['requests per address', { edge: { requestsPerAddress: 1 } }, /edge\.requestsPerAddress: must be 10 to/],
    [
      'a certificate elsewhere',
      { edge: { domainName: 'a.example', certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/x' } },
      /edge\.certificateArn: must be the ARN of an ACM certificate in us-east-1/,
    ],
    [
      'a host name without certificate',
      { edge: { domainName: 'a.example' } },
      /edge\.certificateArn: must be given too.*; it is missing/,
    ],
    ['a firewall as text', { edge: { waf: 'yes' } }, /edge\.waf: must be true or false; it is "yes"/],
    [
      'retention that logs do not know',
      { logRetentionDays: 8 },
      /logRetentionDays: must be one of 1, 3, 5, .*; it is 8/,
    ],
    ['retention for ever', { logRetentionDays: 9999 }, /logRetentionDays: must be one of/],
    ['a topic that is none', { alarmTopicArn: 'ops' }, /alarmTopicArn: must be the ARN of an SNS topic; it is "ops"/],
    [
      'a topic of the edge elsewhere',
      { edge: { alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:ops' } },
      /edge\.alarmTopicArn: must be the ARN of an SNS topic in us-east-1/,
    ],
    ['an objective of nothing', { objectives: { runsPercent: 50 } }, /objectives\.runsPercent: must be 95 to 99\.99/],
    ['perfection', { objectives: { requestsPercent: 100 } }, /objectives\.requestsPercent: must be 95 to 99\.99/],
    ['an address that is none', { alarmEmail: 'ops' }, /alarmEmail: must be an e-mail address; it is "ops"/],
    ['a budget of nothing', { monthlyBudgetUsd: 0 }, /monthlyBudgetUsd: must be above 0; it is 0/],
    ['a target without port', { openTargets: ['10.0.3.7'] }, /openTargets\[0\]: must be host:port, such as/],
    ['an address that is no URL', { lokiUrl: 'loki:3100' }, /lokiUrl: must be an http or https URL/],
    [
      'an index that is no URL',
      { packageIndexes: { python: 'pypi' } },
      /packageIndexes\.python: must be an http or https URL/,
    ],
    ['an index of another language', { packageIndexes: { ruby: 'https://a.example' } }, /no setting named "ruby"/],
    ['an unknown setting', { colour: 'red' }, /there is no setting named "colour"/],
    ['an unknown setting in a group', { edge: { wafs: true } }, /edge: there is no setting named "wafs"/],
    ['no object', ['x'], /settings must be one JSON object/],
  ])('%s', (_, overrides, message) => {
    expect(problemsOf('prod', Array.isArray(overrides) ? overrides : { ...PROD, ...Object(overrides) })).toMatch(
      message,
    );
  });

  test('everything at once, one line each', () => {
    const message = problemsOf('prod', {
      ...PROD,
      auth: 'none',
      region: 'y',
      memoryTiersMb: [],
      edge: { waf: 1, domainName: 'run.example.com' },
    });
    const lines = message.split('\n').slice(1);
    expect(lines.map((line) => line.replace(/^ {2}- ([\w.]+):.*/, '$1')).sort()).toEqual([
      'allowedCidrs',
      'edge.certificateArn',
      'edge.waf',
      'memoryTiersMb',
      'memoryTiersMb',
      'region',
    ]);
  });

  test.each(['Prod', '1st', 'a-name-that-is-too-long', ''])('stage name "%s"', (name) => {
    expect(problemsOf(name, {})).toMatch(/stage: must be 1 to 16 lower-case letters/);
  });
});

describe('without credentials, the networks that may call have to be named', () => {
  test('refused on AWS without them', () => {
    expect(problemsOf('dev', { auth: 'none' })).toMatch(
      /allowedCidrs: must name the networks that may call, because auth is "none"; it is \[\]/,
    );
  });

  test('refused without the firewall that enforces them', () => {
    expect(problemsOf('dev', { auth: 'none', allowedCidrs: ['10.0.0.0/8'], edge: { waf: false } })).toMatch(
      /edge\.waf: must be true: the firewall is what enforces allowedCidrs/,
    );
  });

  test('refused without the edge that the firewall belongs to', () => {
    expect(problemsOf('dev', { auth: 'none', allowedCidrs: ['10.0.0.0/8'], edge: { enabled: false } })).toMatch(
      /edge\.enabled: must be true on AWS/,
    );
  });

  test('taken with both', () => {
    const { allowedCidrs } = parseConfig('dev', [{ auth: 'none', allowedCidrs: ['10.0.0.0/8', '2001:db8::/32'] }]);
    expect(allowedCidrs).toEqual(['10.0.0.0/8', '2001:db8::/32']);
  });

  test('not asked of the emulator, which only this machine can call', () => {
    expect(parseConfig('local', [{}]).allowedCidrs).toEqual([]);
  });

  test('the stage that needs none cannot be pointed at AWS', () => {
    expect(problemsOf('local', { account: '123456789012' })).toMatch(/account: must be "000000000000"/);
  });
});

describe('reading', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'narae-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (stage: unknown, settings?: unknown) => readConfig({ stage, settings }, folder);
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

  test('the file of a stage is found by its name', () => {
    write('blue.json', JSON.stringify({ region: 'eu-west-1' }));
    expect(read('blue').region).toBe('eu-west-1');
  });

  test('the command line overrides the file, field by field', () => {
    write('green.json', JSON.stringify({ region: 'eu-west-1', edge: { requestsPerAddress: 50 } }));
    const { region, edge } = read('green', '{"region":"eu-north-1","edge":{"waf":true}}');
    expect({ region, requestsPerAddress: edge.requestsPerAddress }).toEqual({
      region: 'eu-north-1',
      requestsPerAddress: 50,
    });
  });

  test('the emulator may ask for keys', () => {
    expect(read('local', '{"auth":"api-key"}').auth).toBe('api-key');
  });

  test('what is not JSON is named', () => {
    write('red.json', '{ region: ');
    expect(() => read('red')).toThrow(/Stage "red" cannot be deployed:\n {2}- stages\/red\.json must be JSON: /);
    expect(() => read('blue', 'auth=none')).toThrow(/- -c settings must be JSON: /);
  });

  test.each([undefined, '', 7])('a stage has to be said, not %p', (stage) => {
    expect(() => read(stage)).toThrow(/say which stage: -c stage=local/);
  });

  test('a stage name cannot lead out of the folder', () => {
    expect(() => read('../blue')).toThrow(/stage: must be 1 to 16/);
  });
});
