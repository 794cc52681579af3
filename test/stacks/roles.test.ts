import { actions, allowed, LOGS, rolesOf, text } from './roles';
import { everywhere, namedStage, STAGES } from './stage';

/** IAM knows no resources for these. */
const NAMELESS = [
  ...['cloudwatch:GetMetricData', 'ecr:GetAuthorizationToken'],
  ...['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'],
];

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

  test('no function of ours is allowed anything on every resource, but what has no resources to name', () => {
    for (const role of ours) {
      const everything = allowed(role).filter(({ Resource }) => Resource.includes('*'));
      expect(everything.flatMap(({ Action }) => Action).filter((action) => !NAMELESS.includes(action))).toEqual([]);
    }
  });

  test('each may write the log of its own group; groups are made by the stacks', () => {
    for (const role of roles) {
      const own = allowed(role).filter(
        ({ Resource }) => text(Resource) === text([{ 'Fn::GetAtt': [role.logId, 'Arn'] }]),
      );
      expect([role.name, own.map(({ Action }) => Action)]).toEqual([role.name, [LOGS]]);
      expect(actions(role)).not.toContain('logs:CreateLogGroup');
    }
    expect(new Set(roles.map(({ logId }) => logId)).size).toBe(roles.length);
  });

  test('a sandbox may do nothing else', () => {
    expect(sandboxes.length).toBe(6);
    // AWSLambdaVPCAccessExecutionRole v3, without its part for logs.
    const interfaces = [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ];
    for (const role of sandboxes)
      expect(actions(role).sort()).toEqual(stage === 'closed' ? [...interfaces, ...LOGS] : LOGS);
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
