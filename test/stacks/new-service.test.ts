import { AwsSolutionsChecks } from 'cdk-nag';
import { buildOpenApi } from '../../bin/openapi/build';
import { functionsWithDeadLetters } from '../../lambdas/platform/manifest';
import { SERVICES } from '../../lambdas/services';
import { notesManifest } from '../fixtures/services/notes/manifest';
import { guardedRoutes, titled } from '../support/served-routes';
import { functionsOf } from './functions';
import { inventoryOf, upgradeProblems } from './inventory';
import { actions, LOGS, rolesIn, text } from './roles';
import { buildStage, removeAssemblies, synthesized } from './built-stage';
import { everywhere, namedStage, PROD, resource, resources, serviceStackOf } from './stage';

afterAll(removeAssemblies);

/** A service is one folder, test/fixtures/services/notes, and one line: this one. */
const services = [...SERVICES, notesManifest];
const built = buildStage({ name: 'prod', overrides: PROD }, services);
const stage = synthesized(built);

const functions = functionsOf('prod', stage);
const roles = rolesIn('prod', stage);
const role = (name: string) => {
  const found = roles.find((one) => one.name === name);
  if (!found) throw new Error(`no function ${name}`);
  return found;
};
const alarm = (name: string) => {
  if (!stage.ops) throw new Error('no ops stack');
  const found = [...resources(stage.ops, 'AWS::CloudWatch::Alarm').values()].find(
    ({ Properties }) => Properties['AlarmName'] === `narae-prod-${name}`,
  );
  return text(found?.Properties);
};

describe('a new service', () => {
  test('has its function on the routes of its table', () => {
    const [integration] = [...resources(stage.api, 'AWS::ApiGatewayV2::Integration')].filter(([id]) =>
      id.startsWith('notes'),
    );
    const routes = [...resources(stage.api, 'AWS::ApiGatewayV2::Route').values()]
      .filter(({ Properties }) => text(Properties['Target']).includes(`"${integration?.[0]}"`))
      .map(({ Properties }) => Properties['RouteKey']);
    expect(routes.sort()).toEqual(['ANY /api/notes', 'ANY /api/notes/{proxy+}']);
    expect(functions.find(({ name }) => name === 'notes')?.Environment.Variables).toMatchObject({
      NARAE_ALLOWED_ORIGINS: '*',
      NARAE_SWEEPER_FUNCTION: expect.anything() as unknown,
    });
  });

  test('may do what its manifest says and what follows from it, and nothing else', () => {
    expect(actions(role('notes')).sort()).toEqual(
      [
        ...LOGS,
        ...['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'].map((action) => `dynamodb:${action}`),
        ...['s3:PutObject', 'lambda:InvokeFunction', 'secretsmanager:GetSecretValue'],
        // Through tables, objects and secrets.
        ...['kms:Decrypt', 'kms:Decrypt', 'kms:GenerateDataKey'],
      ].sort(),
    );
    expect(text(role('notes').statements)).toMatch(/\/notes\/\*/);
    expect(actions(role('notes-sweeper'))).toEqual(expect.arrayContaining(['s3:ListBucket', 'sqs:SendMessage']));
    expect(actions(role('notes-sweeper'))).not.toContain('secretsmanager:GetSecretValue');
  });

  test('has its workers in a stack of its own, with schedule and dead letters', () => {
    const own = serviceStackOf(stage, 'notes');
    expect(own.stackName).toBe('narae-prod-notes');
    expect(resource(own, 'AWS::Lambda::EventInvokeConfig').Properties).toMatchObject({
      MaximumRetryAttempts: 1,
      MaximumEventAgeInSeconds: 1800,
    });
    expect(resource(own, 'AWS::Events::Rule').Properties['ScheduleExpression']).toBe('rate(1 hour)');
    expect(resources(own, 'AWS::SQS::Queue').size).toBe(1);
    expect(functionsWithDeadLetters(services)).toEqual([...functionsWithDeadLetters(SERVICES), 'notes-sweeper']);
  });

  test('is watched: by alarms of its own and by those of all', () => {
    expect(alarm('sweeping-given-up')).toContain('SweeperDeadLetters');
    expect(alarm('notes-failing')).toMatch(/"Threshold":5.*notesfunction|notesfunction.*"Threshold":5/);
    expect(alarm('background-errors')).toContain('Sweeper');
    expect(alarm('functions-throttled')).toContain('notesfunction');
    expect(text(everywhere(stage, 'AWS::CloudWatch::Dashboard'))).toContain('notesfunction');
  });

  test('is in the description of the API', () => {
    const { paths, tags } = buildOpenApi(services, '1.0.0') as { paths: Record<string, object>; tags: object[] };
    expect(tags).toContainEqual({ name: 'notes' });
    expect(Object.keys(paths['/api/notes'] ?? {})).toEqual(['post', 'get']);
    expect(text(paths['/api/notes/{note_id}'])).toContain('"tags":["notes"]');
    expect(text(paths['/api/notes/{note_id}'])).toContain('"404":{"description":"NOTE_NOT_FOUND, ROUTE_NOT_FOUND"');
  });

  test('is in the tables of tests that ask every route without a key', () => {
    const titles = titled(guardedRoutes(services)).map(([title]) => title);
    const own = ['POST /api/notes', 'GET /api/notes', 'GET /api/notes/{note_id}', 'DELETE /api/notes/{note_id}'];
    expect(titles).toEqual(expect.arrayContaining(own));
    expect(titles).toEqual(expect.arrayContaining(['POST /invocations', 'GET /stream/invocations/{id}']));
  });

  test('takes its name below /api from callbacks', () => {
    const reserved = (name: string, of = functions) =>
      of.find((one) => one.name === name)?.Environment.Variables['NARAE_RESERVED_NAMES'];
    expect(reserved('callbacks')).toBe('notes');
    expect(reserved('callbacks', functionsOf('prod'))).toBeUndefined();
  });

  test('has its prefix of the bucket, which is emptied when it says', () => {
    const { Rules } = resource(stage.data, 'AWS::S3::Bucket', 'Blobs').Properties['LifecycleConfiguration'] as {
      Rules: object[];
    };
    expect(Rules).toContainEqual(expect.objectContaining({ Prefix: 'notes/', ExpirationInDays: 7 }));
  });

  test('leaves no finding of cdk-nag', () => {
    expect(new AwsSolutionsChecks(built.app).validateScope(built.app).violations).toEqual([]);
  });

  test('comes to a stage that is there without harm, and goes again', () => {
    const [without, withIt] = [inventoryOf(namedStage('prod').all), inventoryOf(stage.all)];
    expect(upgradeProblems(without, withIt)).toEqual([]);
  });
});

describe('a manifest that is wrong is refused, naming what', () => {
  const building = (change: object) => () =>
    buildStage({ name: 'dev' }, [...SERVICES, { ...notesManifest, ...change }]);

  test.each([
    ['a worker that is not there', { workers: [] }, /manifest of notes names 'sweeper'.*runner/],
    ['a prefix that nobody keeps', { storedPrefixes: [] }, /manifest of notes reads or writes 'notes'/],
    [
      'routes of another service',
      { routes: { one: { ...notesManifest.routes['getNote'], path: '/api/jobs' } } },
      /both have routes at \/api\/jobs/,
    ],
    [
      'an alarm on nothing',
      { alarms: [{ name: 'x', meaning: 'x', on: { deadLettersOf: 'nobody' } }] },
      /names 'nobody'/,
    ],
  ])('%s', (_, change, message) => {
    expect(building(change)).toThrow(message);
  });
});
