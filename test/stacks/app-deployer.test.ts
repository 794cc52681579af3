import * as z from 'zod';
import { ACCOUNT, REGION, resolver, Template } from '../permissions/intrinsics';
import { decide, Statement } from '../permissions/policy';
import { namedStage } from './stage';

/** What may be done to functions of apps, and by whom: judged by the policies of a whole stage. */

const Named = z.looseObject({ FunctionName: z.string().optional().catch(undefined) });
const Document = z.object({ Statement: z.array(z.unknown()) });
const Role = z.object({ Policies: z.array(z.object({ PolicyDocument: Document })).default([]) });

const stacks = namedStage('dev').all.map(({ stackName, template }) => ({
  name: stackName,
  template: Template.parse(template),
  // What has no name of its own is called by its logical id.
  ids: Object.fromEntries(
    Object.entries(template.Resources).map(([id, one]) => [id, Named.parse(one.Properties).FunctionName ?? id]),
  ),
}));
const resolve = resolver(stacks);
const all = stacks.flatMap(({ name, template }) =>
  Object.entries(template.Resources).map(([id, one]) => ({ stack: name, id, ...one })),
);
const ofType = (type: string) => all.filter((one) => one.Type === type);
const policies = new Map(
  ofType('AWS::IAM::Role').map((one) => [
    resolve.arn(one.stack, one.id),
    Role.parse(resolve.value(one.stack, one.Properties)).Policies.flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.map((statement) => Statement.parse(statement)),
    ),
  ]),
);
const functions = new Map(
  ofType('AWS::Lambda::Function').map((one) => [
    resolve.ref(one.stack, one.id),
    policies.get(String(resolve.value(one.stack, one.Properties['Role']))) ?? [],
  ]),
);

const lambda = (name: string, account = ACCOUNT, region = REGION) =>
  `arn:aws:lambda:${region}:${account}:function:${name}`;
const APP = lambda('narae-dev-app_shop-0123456789');
const SIGNED = { 'lambda:FunctionUrlAuthType': 'AWS_IAM' };
const PASSED = { 'iam:PassedToService': 'lambda.amazonaws.com' };

const allowedTo = (name: string) => {
  const statements = functions.get(name) ?? [];
  return (action: string, resource: string, context = {}) =>
    decide(statements, { action, resource, context }) === 'allowed';
};
const may = allowedTo('narae-dev-app-deployer');
/** All that some function may do to a function. */
const actions = [
  ...new Set(
    [...functions.values()].flat().flatMap(({ Action = [] }) => Action.filter((one) => one.startsWith('lambda:'))),
  ),
];
const context = { ...SIGNED, ...PASSED, 'lambda:InvokedViaFunctionUrl': 'true' };

test('one function of a stage makes and removes functions', () => {
  const makers = [...functions.keys()].filter((name) =>
    ['CreateFunction', 'UpdateFunctionCode', 'UpdateFunctionConfiguration', 'DeleteFunction', 'AddPermission'].some(
      (action) => allowedTo(name)(`lambda:${action}`, APP, context),
    ),
  );
  expect(makers).toEqual(['narae-dev-app-deployer']);
});

test('it does all that a deploy takes, to functions of apps', () => {
  for (const action of [
    'CreateFunction',
    'UpdateFunctionCode',
    'PublishVersion',
    'CreateAlias',
    'UpdateAlias',
    'DeleteFunction',
  ])
    expect([action, may(`lambda:${action}`, APP)]).toEqual([action, true]);
  expect(may('lambda:CreateFunctionUrlConfig', APP, SIGNED)).toBe(true);
});

test('and nothing to any other: not of this stage, of another one, nor of another account or region', () => {
  expect(actions.length).toBeGreaterThan(5);
  const others = [
    ...[...functions.keys()].map((name) => lambda(name)),
    lambda('narae-dev-app'),
    lambda('narae-dev-apps_shop'),
    lambda('narae-dev2-app_shop'),
    lambda('narae-prod-app_shop'),
    lambda('app_shop'),
    lambda('narae-dev-app_shop', '999999999999'),
    lambda('narae-dev-app_shop', ACCOUNT, 'eu-west-1'),
  ];
  for (const resource of others)
    for (const action of actions)
      expect([resource, action, may(action, resource, context)]).toEqual([resource, action, false]);
});

test('their addresses take signed requests only, and nobody is let in besides', () => {
  expect(may('lambda:CreateFunctionUrlConfig', APP, { 'lambda:FunctionUrlAuthType': 'NONE' })).toBe(false);
  expect(may('lambda:CreateFunctionUrlConfig', APP)).toBe(false);
  for (const action of ['UpdateFunctionUrlConfig', 'AddPermission', 'InvokeFunction', 'InvokeFunctionUrl'])
    expect([action, may(`lambda:${action}`, APP, context)]).toEqual([action, false]);
});

test('they get the one role that may do nothing, and no function gets another', () => {
  const passed = [...policies.keys()].filter((role) => may('iam:PassRole', role, PASSED));
  expect(passed).toHaveLength(1);
  const [role = ''] = passed;
  expect(may('iam:PassRole', role, { 'iam:PassedToService': 'ec2.amazonaws.com' })).toBe(false);
  expect(may('iam:PassRole', role)).toBe(false);
  expect(may('iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/Admin`, PASSED)).toBe(false);
  const inApp = { 'lambda:SourceFunctionArn': APP };
  const granted = policies.get(role) ?? [];
  for (const [action, resource] of [
    ['s3:GetObject', 'arn:aws:s3:::any/code/a'],
    ['dynamodb:GetItem', `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/any`],
    ['lambda:InvokeFunction', APP],
    ['sts:AssumeRole', role],
    ['ec2:CreateNetworkInterface', '*'],
  ] as const)
    expect([action, decide(granted, { action, resource, context: inApp })]).toEqual([action, 'denied']);
  const passers = [...functions.keys()].filter((name) =>
    [...policies.keys()].some((one) => allowedTo(name)('iam:PassRole', one, PASSED)),
  );
  expect(passers).toEqual(['narae-dev-app-deployer']);
});

test('images are read by whoever deploys them, and published by whoever builds them', () => {
  const [repository] = ofType('AWS::ECR::Repository');
  if (!repository) throw new Error('The stage has no repository');
  const statements = functions.get('narae-dev-app-deployer') ?? [];
  const granted = statements.flatMap(({ Effect, Action = [] }) => (Effect === 'Allow' ? Action : []));
  expect(granted.filter((action) => /^ecr:.*(Put|Upload|Delete|Initiate|Complete)/.test(action))).toEqual([]);
  expect(granted.filter((action) => action.startsWith('iam:'))).toEqual(['iam:PassRole']);
});

test('who calls apps does so at their addresses, and makes none', () => {
  for (const name of ['narae-dev-functions', 'narae-dev-functions-caller']) {
    const caller = allowedTo(name);
    expect(caller('lambda:InvokeFunctionUrl', APP, SIGNED)).toBe(true);
    expect(caller('lambda:InvokeFunctionUrl', APP, { 'lambda:FunctionUrlAuthType': 'NONE' })).toBe(false);
    expect(caller('lambda:InvokeFunction', APP, { 'lambda:InvokedViaFunctionUrl': 'true' })).toBe(true);
    expect(caller('lambda:InvokeFunction', APP)).toBe(false);
  }
});
