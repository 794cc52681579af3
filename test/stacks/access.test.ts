import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bundle } from '../../lib/bundle/bundle';
import { actions, allowed, rolesOf, text, type FunctionRole } from './roles';
import { namedStage, repository } from './stage';

/** What IAM calls the commands of the SDK, and the parts of a transaction. */
const ACTIONS: Readonly<Record<string, string>> = {
  Get: 'dynamodb:GetItem',
  BatchGet: 'dynamodb:BatchGetItem',
  BatchWrite: 'dynamodb:BatchWriteItem',
  Query: 'dynamodb:Query',
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  GetObject: 's3:GetObject',
  PutObject: 's3:PutObject',
  DeleteObject: 's3:DeleteObject',
  DeleteObjects: 's3:DeleteObject',
  ListObjectsV2: 's3:ListBucket',
  Invoke: 'lambda:InvokeFunction',
  InvokeWithResponseStream: 'lambda:InvokeFunction',
  GenerateDataKey: 'kms:GenerateDataKey',
  Decrypt: 'kms:Decrypt',
  GetSecretValue: 'secretsmanager:GetSecretValue',
  CreateLogStream: 'logs:CreateLogStream',
  PutLogEvents: 'logs:PutLogEvents',
  GetLogEvents: 'logs:GetLogEvents',
  DeleteLogStream: 'logs:DeleteLogStream',
  GetMetricData: 'cloudwatch:GetMetricData',
  StartExecution: 'states:StartExecution',
  GetAuthorizationToken: 'ecr:GetAuthorizationToken',
  ...Object.fromEntries(
    [
      ...['GetFunctionConfiguration', 'CreateFunction', 'UpdateFunctionCode', 'UpdateFunctionConfiguration'],
      ...['PublishVersion', 'ListVersionsByFunction', 'DeleteFunction', 'GetAlias', 'CreateAlias', 'UpdateAlias'],
      ...['GetFunctionUrlConfig', 'CreateFunctionUrlConfig'],
    ].map((command) => [command, `lambda:${command}`]),
  ),
};

const OF_MODELS = ['GetSecretValue', 'ConverseStream', 'InvokeModel'] as const;

/**
 * Methods of shared classes that a function carries but never calls: allowing them would be giving them away. A command
 * that is new in a function's sources has to be allowed, or to be listed here.
 */
const NOT_CALLED: Readonly<Record<string, readonly string[]>> = {
  // Many items are deleted by the cleaner only; the file that does it also reads many (lambdas/platform/dynamo/batch.ts).
  invocations: ['DeleteObjects', 'BatchWrite'],
  callbacks: ['BatchWrite'],
  functions: ['BatchWrite'],
  // What was built is read and published by the builder, which makes no task.
  builds: ['BatchWrite', 'GetObject', 'Decrypt'],
  'app-builder': ['BatchGet', 'BatchWrite', 'Query', 'Put', 'GenerateDataKey', 'StartExecution', 'DeleteObject'],
  // It opens environment values and seals none; a secret is read where the stage names one (app-deploys.test.ts).
  'app-deployer': ['GenerateDataKey', 'GetSecretValue'],
  // It has no route that writes: keys are made elsewhere, and nothing of its own is idempotent.
  site: ['Put', 'Update', 'Delete', 'Query'],
  runner: ['DeleteObjects'],
  // It writes ends and cancel signals; it reads no object.
  reaper: ['GetObject', 'DeleteObjects', 'BatchWrite'],
  // Keys are made and revoked elsewhere.
  stream: ['Delete', 'DeleteObjects', 'BatchWrite'],
  // Deploys are begun by the service.
  'callback-builder': ['DeleteObjects', 'StartExecution'],
  // It claims one run and ends it; lists are read by the service.
  'functions-caller': ['Query', 'BatchGet', 'DeleteObjects'],
  // It removes; of the indexes it needs the keys only.
  'functions-cleaner': ['GetObject', 'PutObject', 'BatchGet'],
  jobs: ['DeleteObjects', 'BatchWrite'],
  // What meetings have left is removed by who begins the next one, and what runs have left by the decider.
  // Models are asked, and a key of theirs is read, where the stage names them (decision-models.test.ts).
  'decisions-decider': ['BatchGet', 'BatchWrite', ...OF_MODELS],
  'decisions-meeting': ['BatchGet', 'BatchWrite', 'Delete', ...OF_MODELS],
  'decisions-meeting-opener': ['BatchGet', 'Delete', 'Update'],
};

/** What the sources that ended up in a function's bundle ask of AWS. */
function askedBy(entry: string): string[] {
  const sources = bundle(entry).sources.filter((file) => file.startsWith('lambdas/'));
  const text = sources.map((file) => readFileSync(path.join(repository, file), 'utf8')).join('\n');
  const commands = [
    ...text.matchAll(/\bnew (\w+)Command\(/g),
    ...text.matchAll(/\b(ConditionCheck|Put|Update|Delete): \{(?! Objects)/g),
  ];
  // A transaction is asked for part by part.
  return [...new Set(commands.map(([, name = '']) => name))].filter((name) => name !== 'TransactWrite');
}

describe('who may do what', () => {
  const { apiFunctions, ownFunctions } = namedStage('prod');
  const roles = new Map(rolesOf('prod').map((role) => [role.name, role]));
  const role = (name: string): FunctionRole => {
    const found = roles.get(name);
    if (!found) throw new Error(`no function ${name}`);
    return found;
  };
  const may = (name: string, action: string) => actions(role(name)).includes(action);
  const whoMay = (action: string) => [...roles.keys()].filter((name) => may(name, action)).sort();
  const objects = (name: string, action: string) =>
    allowed(role(name))
      .filter(({ Action }) => Action.includes(action))
      .flatMap(({ Resource }) => Resource.map((one) => /\/(\w+)\/\*/.exec(text(one))?.[1]))
      .sort();

  /** What a role may do to what. */
  const targets = (name: string, action: string) =>
    text(allowed(role(name)).filter(({ Action, Condition }) => Action.includes(action) && !Condition));

  test('only the runner invokes sandboxes', () => {
    const invokers = whoMay('lambda:InvokeFunction').filter((name) =>
      /[Ss]andbox/.test(targets(name, 'lambda:InvokeFunction')),
    );
    expect(invokers).toEqual(['runner']);
    expect(targets('invocations', 'lambda:InvokeFunction')).toMatch(/Runner/);
    expect(targets('runner', 'lambda:InvokeFunction')).toMatch(/:function:narae-[a-z]+-runner/);
  });

  test('environment values are sealed by services and opened by the runner; streams and the site do neither', () => {
    const direct = (action: string) => [...roles.keys()].filter((name) => targets(name, action) !== '[]');
    expect(direct('kms:Decrypt')).toContain('runner');
    expect(direct('kms:GenerateDataKey')).toContain('invocations');
    for (const name of ['invocations', 'site', 'stream', 'reaper']) expect(direct('kms:Decrypt')).not.toContain(name);
    for (const name of ['runner', 'site', 'stream', 'reaper'])
      expect(direct('kms:GenerateDataKey')).not.toContain(name);
  });

  test('the key is used through services otherwise, and for what these need of a caller', () => {
    // Lambda encrypts the environment of an app for whoever deploys it.
    const direct = (name: string) =>
      name === 'app-deployer' ? /^kms:(Decrypt|Encrypt|CreateGrant)$/ : /^kms:(Decrypt|GenerateDataKey)$/;
    for (const one of roles.values())
      for (const { Action, Condition } of allowed(one).filter(({ Action: all }) => text(all).includes('kms:'))) {
        expect([one.name, Action.filter((action) => !direct(one.name).test(action))]).toEqual([one.name, []]);
        if (Condition !== undefined) expect(Object.keys(Condition)).toEqual(['StringEquals']);
      }
  });

  test('data keys are made through what stores objects and messages, and nothing else', () => {
    const through = [...roles.values()].flatMap((one) =>
      allowed(one)
        .filter(({ Action, Condition }) => Action.includes('kms:GenerateDataKey') && Condition)
        .map(({ Condition }) => text(Condition)),
    );
    expect(through.length).toBeGreaterThan(5);
    for (const services of through) expect(services).not.toMatch(/dynamodb|secretsmanager/);
  });

  test('the site reads one table and writes nothing, and what runs code deletes nothing', () => {
    expect(actions(role('site')).filter((action) => /^(dynamodb|s3):/.test(action))).toEqual(['dynamodb:GetItem']);
    expect(targets('site', 'dynamodb:GetItem')).not.toMatch(/Runs/);
    for (const name of ['site', 'runner', 'reaper', 'stream'])
      expect([may(name, 'dynamodb:DeleteItem'), may(name, 's3:DeleteObject')]).toEqual([false, false]);
  });

  test.each(ownFunctions.map(({ name, entry }) => [name, entry] as const))(
    '%s is allowed all that its code asks of AWS',
    (name, entry) => {
      const asked = askedBy(entry).filter((command) => !NOT_CALLED[name]?.includes(command));
      expect(asked).not.toEqual([]);
      expect(asked.filter((command) => !may(name, ACTIONS[command] ?? `an unknown action: ${command}`))).toEqual([]);
    },
  );

  test('the secret of the edge is read by what is called from outside, and by nothing else', () => {
    const readers = whoMay('secretsmanager:GetSecretValue');
    expect(readers).toEqual([...apiFunctions, 'stream'].sort());
    for (const name of readers) expect(targets(name, 'secretsmanager:GetSecretValue')).toMatch(/OriginSecret/);
  });

  test('the key of tickets is read by who signs them and who reads them, and by nothing else', () => {
    const readers = [...roles.keys()].filter((name) =>
      /TicketSecret/.test(targets(name, 'secretsmanager:GetSecretValue')),
    );
    expect(readers.sort()).toEqual(['invocations', 'stream']);
  });

  test('where there is no edge, what knows no tickets reads no secret', () => {
    const local = rolesOf('local').filter((one) => actions(one).includes('secretsmanager:GetSecretValue'));
    expect(local.map(({ name }) => name).sort()).toEqual(['invocations', 'stream']);
  });

  test('each has the prefixes of the bucket that it works with', () => {
    expect(objects('invocations', 's3:PutObject')).toEqual(['cancel', 'code', 'payloads']);
    expect(objects('invocations', 's3:GetObject')).toEqual(['results']);
    expect(objects('runner', 's3:PutObject')).toEqual(['results']);
    expect(objects('runner', 's3:GetObject')).toEqual(['cancel', 'code', 'libraries', 'payloads']);
    expect(objects('reaper', 's3:PutObject')).toEqual(['cancel']);
    expect(objects('stream', 's3:PutObject')).toEqual(['cancel']);
    expect(objects('stream', 's3:GetObject')).toEqual(['results']);
    expect(objects('site', 's3:GetObject')).toEqual([]);
  });
});
