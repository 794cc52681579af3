import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { RECORDED } from '../support/recording';
import { resolver, Template, type Resource } from './intrinsics';
import { Statement } from './policy';

/** A function and all that its role is allowed and denied. */
export interface FunctionRole {
  readonly name: string;
  readonly arn: string;
  readonly statements: readonly Statement[];
}

/** A stage as it was deployed: templates whose references are resolved to what came of them. */
export interface Deployed {
  readonly account: string;
  readonly region: string;
  readonly roles: ReadonlyMap<string, FunctionRole>;
  /** ARN of the key that something is encrypted with, by the ARN of that; undefined: none of ours. */
  keyOf(arn: string): string | undefined;
  /** ARNs of its secrets. */
  readonly secrets: readonly string[];
  /** ARNs of its keys. */
  readonly keys: readonly string[];
  /** What a key's own policy says, by the ARN of the key. */
  readonly keyPolicies: ReadonlyMap<string, readonly Statement[]>;
  /** How the sources call a resource: logical ids without their hash. */
  label(arn: string): string;
}

const Ids = z.record(z.string(), z.record(z.string(), z.string()));
const Document = z.object({ Statement: z.array(z.unknown()) });
const RoleProperties = z.object({
  Policies: z.array(z.object({ PolicyDocument: Document })).default([]),
  ManagedPolicyArns: z.array(z.unknown()).default([]),
});
const AttachedPolicy = z.object({ PolicyDocument: Document, Roles: z.array(z.unknown()).default([]) });

/** @param folder of one recording (test/support/recording.ts) */
export function readDeployed(folder: string): Deployed {
  const ids = Ids.parse(JSON.parse(readFileSync(join(folder, RECORDED.physicalIds), 'utf8')));
  const stacks = readdirSync(folder)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => {
      const name = file.replace('.template.json', '');
      return {
        name,
        ids: ids[name] ?? {},
        template: Template.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))),
      };
    });
  const resolve = resolver(stacks);
  const all = stacks.flatMap(({ name, template }) =>
    Object.entries(template.Resources).map(([id, resource]) => ({ stack: name, id, ...resource })),
  );
  type One = (typeof all)[number];
  const ofType = (type: string): One[] => all.filter((one) => one.Type === type);
  const arnOf = (one: One): string => resolve.arn(one.stack, one.id);
  const properties = (one: One): Resource['Properties'] =>
    z.record(z.string(), z.unknown()).parse(resolve.value(one.stack, one.Properties));

  const statementsOf = (role: One): Statement[] => {
    const { Policies, ManagedPolicyArns } = RoleProperties.parse(properties(role));
    if (ManagedPolicyArns.length > 0) throw new Error(`${role.id} has managed policies, which are not read here`);
    const attached = ofType('AWS::IAM::Policy')
      .map((one) => AttachedPolicy.parse(properties(one)))
      .filter(({ Roles }) => Roles.includes(resolve.ref(role.stack, role.id)));
    return [...Policies, ...attached].flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.map((one) => Statement.parse(one)),
    );
  };
  const roleAt = new Map(ofType('AWS::IAM::Role').map((one) => [arnOf(one), one]));
  const roles = ofType('AWS::Lambda::Function').map((one): [string, FunctionRole] => {
    const name = resolve.ref(one.stack, one.id);
    const role = roleAt.get(String(properties(one)['Role']));
    if (!role) throw new Error(`${name} has a role of no stack`);
    return [name, { name, arn: arnOf(one), statements: statementsOf(role) }];
  });
  const keys = ofType('AWS::KMS::Key');
  const stores = STORES.flatMap(ofType);
  const keyByArn = new Map(stores.map((one) => [arnOf(one), keyIn(properties(one))]));
  const labels = all
    .map((one) => [resolve.arnIfAny(one.stack, one.id), one.id.replace(/[0-9A-F]{8}$/, '')] as const)
    .filter((entry): entry is readonly [string, string] => entry[0] !== undefined)
    .sort(([a], [b]) => b.length - a.length);
  return {
    account: resolve.account,
    region: resolve.region,
    roles: new Map(roles),
    secrets: ofType('AWS::SecretsManager::Secret').map(arnOf),
    keys: keys.map(arnOf),
    keyPolicies: new Map(
      keys.map((one) => [
        arnOf(one),
        Document.parse(properties(one)['KeyPolicy']).Statement.map((statement) => Statement.parse(statement)),
      ]),
    ),
    keyOf: (arn) => keyByArn.get(arn),
    label: (arn) => {
      const [found, name] = labels.find(([known]) => arn.startsWith(known)) ?? ['', ''];
      return name + arn.slice(found.length);
    },
  };
}

/** What services encrypt for whoever asks them to keep or read something. */
const STORES = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::SQS::Queue'];

/** Where CloudFormation's types have the key that they encrypt with. */
const KEY_PROPERTIES = ['KMSMasterKeyId', 'KMSMasterKeyID', 'KmsMasterKeyId', 'KmsKeyId'];

function keyIn(properties: unknown): string | undefined {
  if (typeof properties !== 'object' || properties === null) return undefined;
  for (const [name, value] of Object.entries(properties)) {
    if (KEY_PROPERTIES.includes(name) && typeof value === 'string') return value;
    const inside = keyIn(value);
    if (inside !== undefined) return inside;
  }
  return undefined;
}
