import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { bundle } from '../../lib/bundle/bundle';
import { everywhere, namedStage, removeAssemblies, repository, STAGES } from './stage';

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const Statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: list.default([]),
  NotAction: list.default([]),
  Resource: z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]),
  Condition: z.record(z.string(), z.unknown()).optional(),
});
type Statement = z.output<typeof Statement>;
const Role = z.object({
  AssumeRolePolicyDocument: z.object({
    Statement: z.array(z.object({ Principal: z.object({ Service: z.string() }) })),
  }),
  ManagedPolicyArns: z.array(z.unknown()).default([]),
  Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(Statement) }) })).default([]),
});

afterAll(removeAssemblies);

interface FunctionRole {
  readonly name: string;
  readonly roleId: string;
  readonly statements: readonly Statement[];
  readonly managed: readonly unknown[];
  readonly trusts: readonly string[];
}

/** Roles of all functions of a stage, by function. */
function rolesOf(stage: string): FunctionRole[] {
  const all = namedStage(stage);
  const roles = new Map(everywhere(all, 'AWS::IAM::Role'));
  const Function = z.object({
    FunctionName: z.string(),
    Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  });
  return everywhere(all, 'AWS::Lambda::Function').map(([, { Properties }]) => {
    const { FunctionName, Role: reference } = Function.parse(Properties);
    const roleId = reference['Fn::GetAtt'][0];
    const role = Role.parse(roles.get(roleId)?.Properties);
    return {
      name: FunctionName.replace(`narae-${stage}-`, ''),
      roleId,
      statements: role.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
      managed: role.ManagedPolicyArns,
      trusts: role.AssumeRolePolicyDocument.Statement.map(({ Principal }) => Principal.Service),
    };
  });
}

const allowed = ({ statements }: FunctionRole) => statements.filter(({ Effect }) => Effect === 'Allow');
const actions = (role: FunctionRole) => allowed(role).flatMap(({ Action }) => Action);
const text = (value: unknown) => JSON.stringify(value);
const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

describe.each(Object.keys(STAGES))('stage %s', (stage) => {
  const roles = rolesOf(stage);
  const sandboxes = roles.filter(({ name }) => name.startsWith('sandbox-'));
  const ours = roles.filter((role) => !sandboxes.includes(role));

  test('every function has a role of its own, which only Lambda takes and nobody else wrote', () => {
    expect(roles.length).toBeGreaterThanOrEqual(11);
    expect(new Set(roles.map(({ roleId }) => roleId)).size).toBe(roles.length);
    for (const { trusts, managed } of roles)
      expect({ trusts, managed }).toEqual({ trusts: ['lambda.amazonaws.com'], managed: [] });
  });

  test('no policy is attached to a role from outside', () => {
    expect(everywhere(namedStage(stage), 'AWS::IAM::ManagedPolicy')).toEqual([]);
    const attached = everywhere(namedStage(stage), 'AWS::IAM::Policy').map(([, { Properties }]) =>
      text(Properties['Roles']),
    );
    for (const { roleId } of roles) expect(attached.filter((names) => names.includes(roleId))).toEqual([]);
  });

  test('no action is a wildcard', () => {
    expect(roles.flatMap(actions).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('no function of ours is allowed anything on every resource', () => {
    for (const role of ours) expect(allowed(role).filter(({ Resource }) => Resource.includes('*'))).toEqual([]);
  });

  test('each may write the log of its own group, and create none', () => {
    for (const role of roles) {
      const log = allowed(role).filter(({ Action }) => Action.some((action) => action.startsWith('logs:')));
      expect(log.map(({ Action }) => Action)).toEqual([LOGS]);
      const groups = text(log[0]?.Resource);
      expect(groups).toMatch(/^\[\{"Fn::GetAtt":\["\w+","Arn"\]\}\]$/);
    }
    const groups = roles.map((role) => text(allowed(role)[0]?.Resource));
    expect(new Set(groups).size).toBe(roles.length);
  });

  test('a sandbox may do nothing else', () => {
    expect(sandboxes.length).toBe(6);
    const interfaces = ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces'];
    for (const role of sandboxes) expect(actions(role)).toEqual(stage === 'closed' ? [...LOGS, ...interfaces] : LOGS);
  });

  test('what runs in a sandbox is denied all but the log, whatever someone allows later', () => {
    for (const { statements } of sandboxes)
      expect(statements.filter(({ Effect }) => Effect === 'Deny')).toEqual([
        {
          Effect: 'Deny',
          Action: [],
          NotAction: LOGS,
          Resource: ['*'],
          Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
        },
      ]);
  });
});

/** What IAM calls the commands of the SDK. */
const COMMANDS: Readonly<Record<string, string>> = {
  Get: 'dynamodb:GetItem',
  BatchGet: 'dynamodb:BatchGetItem',
  Query: 'dynamodb:Query',
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  // Asked for one by one: the transactions here are of updates.
  TransactWrite: 'dynamodb:UpdateItem',
  GetObject: 's3:GetObject',
  PutObject: 's3:PutObject',
  Invoke: 'lambda:InvokeFunction',
  InvokeWithResponseStream: 'lambda:InvokeFunction',
  GenerateDataKey: 'kms:GenerateDataKey',
  Decrypt: 'kms:Decrypt',
  GetSecretValue: 'secretsmanager:GetSecretValue',
};

/**
 * Methods of shared classes that a function carries but never calls: allowing them would be giving them away. A command
 * that is new in a function's sources has to be allowed, or to be listed here.
 */
const NOT_CALLED: Readonly<Record<string, readonly string[]>> = {
  invocations: ['DeleteObjects'],
  // It has no route that writes: keys are made elsewhere, and nothing of its own is idempotent.
  site: ['Put', 'Delete', 'Query'],
  runner: ['DeleteObjects'],
  // It writes ends and cancel signals; it reads no object.
  reaper: ['GetObject', 'DeleteObjects'],
  // Keys are made and revoked elsewhere.
  stream: ['Delete', 'DeleteObjects'],
};

/** Commands in the sources that ended up in a function's bundle. */
function commandsOf(entry: string): string[] {
  const sources = bundle(entry).sources.filter((file) => file.startsWith('lambdas/'));
  const text = sources.map((file) => readFileSync(path.join(repository, file), 'utf8')).join('\n');
  return [...new Set([...text.matchAll(/\bnew (\w+)Command\(/g)].map(([, name = '']) => name))];
}

describe('who may do what', () => {
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

  test('only the runner invokes sandboxes, only the room invokes the runner', () => {
    expect(whoMay('lambda:InvokeFunction')).toEqual(['invocations', 'runner']);
    const [statement] = allowed(role('invocations')).filter(({ Action }) => Action.includes('lambda:InvokeFunction'));
    expect(text(statement?.Resource)).toMatch(/Runner/);
    expect(text(statement?.Resource)).not.toMatch(/[Ss]andbox/);
  });

  test('only the runner opens environment values, only the room seals them', () => {
    const direct = (action: string) =>
      [...roles.values()]
        .filter((one) => allowed(one).some(({ Action, Condition }) => Action.includes(action) && !Condition))
        .map(({ name }) => name);
    expect(direct('kms:Decrypt')).toEqual(['runner']);
    expect(direct('kms:GenerateDataKey')).toEqual(['invocations']);
  });

  test('the key is used through services otherwise', () => {
    for (const one of roles.values())
      for (const { Action, Condition } of allowed(one))
        if (Action.includes('kms:Encrypt')) expect(Object.keys(Condition ?? {})).toEqual(['StringEquals']);
  });

  test('the site writes no runs, and only rooms delete', () => {
    const writing = allowed(role('site')).filter(({ Action }) => Action.includes('dynamodb:UpdateItem'));
    expect(text(writing)).toMatch(/Entities/);
    expect(text(writing)).not.toMatch(/Runs/);
    expect(may('site', 's3:PutObject')).toBe(false);
    expect(whoMay('dynamodb:DeleteItem')).toEqual(['invocations']);
  });

  test.each([
    ['invocations', 'lambdas/invocations/api.lambda.ts'],
    ['site', 'lambdas/site/api.lambda.ts'],
    ['runner', 'lambdas/engine/runner.lambda.ts'],
    ['reaper', 'lambdas/engine/reaper.lambda.ts'],
    ['stream', 'lambdas/stream/stream.lambda.ts'],
  ])('%s is allowed all that its code asks of AWS', (name, entry) => {
    const called = commandsOf(entry).filter((command) => !NOT_CALLED[name]?.includes(command));
    const asked = called.map((command) => COMMANDS[command] ?? `unknown: ${command}`);
    expect(asked).not.toEqual([]);
    expect(asked.filter((action) => !may(name, action))).toEqual([]);
  });

  test('secrets are read by what is called from outside, and by nothing else', () => {
    expect(whoMay('secretsmanager:GetSecretValue')).toEqual(['invocations', 'site', 'stream']);
  });

  test('each has the prefixes of the bucket that it works with', () => {
    expect(objects('invocations', 's3:PutObject')).toEqual(['cancel', 'code', 'payloads']);
    expect(objects('invocations', 's3:GetObject')).toEqual(['results']);
    expect(objects('runner', 's3:PutObject')).toEqual(['results']);
    expect(objects('runner', 's3:GetObject')).toEqual(['cancel', 'code', 'payloads']);
    expect(objects('reaper', 's3:PutObject')).toEqual(['cancel']);
    expect(objects('stream', 's3:PutObject')).toEqual(['cancel']);
    expect(objects('stream', 's3:GetObject')).toEqual(['results']);
    expect(objects('site', 's3:GetObject')).toEqual([]);
  });
});
