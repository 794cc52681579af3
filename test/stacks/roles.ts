import * as z from 'zod';
import { everywhere, namedStage, type Stage } from './stage';

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const Statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: list.default([]),
  NotAction: list.default([]),
  Resource: z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]),
  Condition: z.record(z.string(), z.unknown()).optional(),
});
export type Statement = z.output<typeof Statement>;
const Role = z.object({
  AssumeRolePolicyDocument: z.object({
    Statement: z.array(z.object({ Principal: z.object({ Service: z.string() }) })),
  }),
  ManagedPolicyArns: z.array(z.unknown()).default([]),
  Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(Statement) }) })).default([]),
});

export interface FunctionRole {
  readonly name: string;
  readonly roleId: string;
  /** Log group of the function. */
  readonly logId: string;
  readonly statements: readonly Statement[];
  readonly managed: readonly unknown[];
  readonly trusts: readonly string[];
}

/** Roles of all functions of a stage, by function. */
export const rolesOf = (stage: string): FunctionRole[] => rolesIn(stage, namedStage(stage));

export function rolesIn(stage: string, all: Stage): FunctionRole[] {
  const roles = new Map(everywhere(all, 'AWS::IAM::Role'));
  const Function = z.object({
    FunctionName: z.string(),
    Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
    LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }),
  });
  return everywhere(all, 'AWS::Lambda::Function').map(([, { Properties }]) => {
    const { FunctionName, Role: reference, LoggingConfig } = Function.parse(Properties);
    const roleId = reference['Fn::GetAtt'][0];
    const role = Role.parse(roles.get(roleId)?.Properties);
    return {
      name: FunctionName.replace(`narae-${stage}-`, ''),
      roleId,
      logId: LoggingConfig.LogGroup.Ref,
      statements: role.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
      managed: role.ManagedPolicyArns,
      trusts: role.AssumeRolePolicyDocument.Statement.map(({ Principal }) => Principal.Service),
    };
  });
}

export const allowed = ({ statements }: FunctionRole) => statements.filter(({ Effect }) => Effect === 'Allow');
export const actions = (role: FunctionRole) => allowed(role).flatMap(({ Action }) => Action);
export const text = (value: unknown) => JSON.stringify(value);
export const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
