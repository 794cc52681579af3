import * as z from 'zod';
import type { SynthesizedStack } from './stage';

/**
 * What CloudFormation can change of a resource only by making a new one (`createOnlyProperties` of the resource
 * provider schemas), for the types that are stateful, or that bear names of ours. `name` is the property that has to be
 * unique in the account: a new one cannot be made while the old one is there.
 */
const TYPES: Readonly<Record<string, { stateful?: true; name?: string; createOnly: readonly string[] }>> = {
  'AWS::ApiGatewayV2::Api': { stateful: true, createOnly: ['ProtocolType'] },
  'AWS::CloudFront::Distribution': { stateful: true, createOnly: [] },
  'AWS::CloudFront::Function': { name: 'Name', createOnly: ['Name'] },
  'AWS::CloudWatch::Alarm': { name: 'AlarmName', createOnly: ['AlarmName'] },
  'AWS::CloudWatch::Dashboard': { name: 'DashboardName', createOnly: ['DashboardName'] },
  'AWS::DynamoDB::Table': { stateful: true, name: 'TableName', createOnly: ['TableName', 'KeySchema'] },
  'AWS::IAM::Role': { name: 'RoleName', createOnly: ['RoleName', 'Path'] },
  'AWS::KMS::Key': { stateful: true, createOnly: [] },
  'AWS::Lambda::Function': { name: 'FunctionName', createOnly: ['FunctionName', 'PackageType', 'TenancyConfig'] },
  'AWS::Lambda::Url': { stateful: true, createOnly: ['TargetFunctionArn', 'Qualifier'] },
  'AWS::Logs::DeliveryDestination': {
    name: 'Name',
    createOnly: ['Name', 'DestinationResourceArn', 'DeliveryDestinationType', 'OutputFormat'],
  },
  'AWS::Logs::DeliverySource': { name: 'Name', createOnly: ['Name'] },
  'AWS::Logs::LogGroup': { stateful: true, name: 'LogGroupName', createOnly: ['LogGroupName'] },
  'AWS::Route53Resolver::FirewallDomainList': { name: 'Name', createOnly: ['Name'] },
  'AWS::Route53Resolver::FirewallRuleGroup': { name: 'Name', createOnly: ['Name'] },
  'AWS::S3::Bucket': { stateful: true, name: 'BucketName', createOnly: ['BucketName'] },
  'AWS::SNS::Topic': { name: 'TopicName', createOnly: ['TopicName', 'FifoTopic'] },
  'AWS::SQS::Queue': { stateful: true, name: 'QueueName', createOnly: ['QueueName', 'FifoQueue'] },
  'AWS::SecretsManager::Secret': { stateful: true, name: 'Name', createOnly: ['Name'] },
  'AWS::StepFunctions::StateMachine': {
    stateful: true,
    name: 'StateMachineName',
    createOnly: ['StateMachineName', 'StateMachineType'],
  },
  'AWS::WAFv2::IPSet': { name: 'Name', createOnly: ['Name', 'Scope'] },
  'AWS::WAFv2::WebACL': { name: 'Name', createOnly: ['Name', 'Scope'] },
};

const Resource = z.object({ type: z.string(), createOnly: z.record(z.string(), z.unknown()) });
const StackInventory = z.object({
  /** Name and value of each export. */
  exports: z.record(z.string(), z.unknown()),
  imports: z.array(z.string()),
  /** By logical id. */
  resources: z.record(z.string(), Resource),
});
/** By stack name. */
export const Inventory = z.record(z.string(), StackInventory);
export type Inventory = z.output<typeof Inventory>;

/** What the stacks promise each other, and what cannot be made anew. */
export const inventoryOf = (stacks: readonly SynthesizedStack[]): Inventory =>
  Object.fromEntries(stacks.map((stack) => [stack.stackName, inventory(stack.template)]));

function inventory(template: SynthesizedStack['template']): Inventory[string] {
  const { Resources, Outputs } = template;
  const exported: Record<string, unknown> = {};
  for (const { Value, Export } of Object.values(Outputs)) if (Export) exported[Export.Name] = Value;
  const text = JSON.stringify(template);
  return {
    exports: exported,
    imports: [...new Set([...text.matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name = '']) => name))].sort(),
    resources: Object.fromEntries(
      Object.entries(Resources).flatMap(([id, { Type: type, Properties }]) => {
        const known = TYPES[type];
        if (!known) return [];
        const given = known.createOnly.filter((name) => Properties[name] !== undefined);
        return [[id, { type, createOnly: Object.fromEntries(given.map((name) => [name, Properties[name]])) }]];
      }),
    ),
  };
}

/**
 * Why a deployment of `after` over `before` would stop half-way, or lose what is stored. Stacks are deployed one after
 * another, those that export first: while one is updated, those that import from it are still as they were.
 */
export function upgradeProblems(before: Inventory, after: Inventory): string[] {
  return Object.entries(before).flatMap(([name, old]) => [
    ...exportProblems(name, before, after[name]),
    ...resourceProblems(name, old, after),
  ]);
}

function exportProblems(name: string, before: Inventory, now: Inventory[string] | undefined): string[] {
  const importers = (exported: string) =>
    Object.entries(before).flatMap(([stack, { imports }]) => (imports.includes(exported) ? [stack] : []));
  return Object.entries(before[name]?.exports ?? {}).flatMap(([exported, value]) => {
    const users = importers(exported).join(', ');
    if (users === '') return [];
    if (!now || !(exported in now.exports)) return [`${exported} vanishes while ${users} imports it`];
    return same(now.exports[exported], value) ? [] : [`${exported} changes while ${users} imports it`];
  });
}

function resourceProblems(stack: string, old: Inventory[string], after: Inventory): string[] {
  const now = after[stack]?.resources ?? {};
  const names = new Map(
    Object.entries(after).flatMap(([other, { resources }]) =>
      Object.entries(resources).flatMap(([id, one]) => {
        const name = fixedName(one);
        return name === undefined ? [] : [[name, `${other}/${id}`] as const];
      }),
    ),
  );
  const exported = JSON.stringify(Object.values(old.exports));
  return Object.entries(old.resources).flatMap(([id, was]) => {
    const place = `${stack}/${id}`;
    const is = now[id];
    const name = fixedName(was);
    const moved = name === undefined ? undefined : names.get(name);
    if (moved !== undefined && moved !== place) return [`${place} moves to ${moved}, and ${name} is there already`];
    if (!is) return TYPES[was.type]?.stateful && !mayGo(was) ? [`${place} is removed`] : [];
    if (is.type !== was.type) return [`${place} becomes ${is.type}`];
    const kept = TYPES[was.type]?.stateful === true || name !== undefined || exported.includes(`"${id}"`);
    const changed = Object.keys({ ...was.createOnly, ...is.createOnly }).filter(
      (property) => !same(was.createOnly[property], is.createOnly[property]),
    );
    return kept && changed.length > 0 ? [`${place} is made anew: ${changed.join(', ')}`] : [];
  });
}

/** The log of a sandbox may go with its memory tier, those of the network and of the firewall with these: documented acts. */
const mayGo = ({ type, createOnly }: z.output<typeof Resource>): boolean =>
  type === 'AWS::Logs::LogGroup' &&
  /\/(sandbox-[\w-]+|network)$|^aws-waf-logs-/.test(String(createOnly['LogGroupName']));

function fixedName({ type, createOnly }: z.output<typeof Resource>): string | undefined {
  const property = TYPES[type]?.name;
  const name = property === undefined ? undefined : createOnly[property];
  return typeof name === 'string' ? `${type} ${name}` : undefined;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
