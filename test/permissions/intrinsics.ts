import * as z from 'zod';

const ResourceSchema = z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
export type Resource = z.output<typeof ResourceSchema>;
export const Template = z.looseObject({
  Resources: z.record(z.string(), ResourceSchema),
  Outputs: z
    .record(z.string(), z.looseObject({ Value: z.unknown(), Export: z.object({ Name: z.string() }).optional() }))
    .default({}),
});
export interface Stack {
  readonly name: string;
  readonly template: z.output<typeof Template>;
  /** Physical ids by logical ones. */
  readonly ids: Readonly<Record<string, string>>;
}

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

const at = (service: string, rest: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
/** ARNs by type and physical id. */
const ARNS: Readonly<Record<string, (id: string) => string>> = {
  'AWS::DynamoDB::Table': (id) => at('dynamodb', `table/${id}`),
  'AWS::S3::Bucket': (id) => `arn:aws:s3:::${id}`,
  'AWS::KMS::Key': (id) => at('kms', `key/${id}`),
  'AWS::Lambda::Function': (id) => at('lambda', `function:${id}`),
  'AWS::Logs::LogGroup': (id) => at('logs', `log-group:${id}:*`),
  'AWS::SQS::Queue': (id) => at('sqs', id.split('/').at(-1) ?? ''),
  'AWS::ECR::Repository': (id) => at('ecr', `repository/${id}`),
  'AWS::IAM::Role': (id) => `arn:aws:iam::${ACCOUNT}:role/${id}`,
  'AWS::SecretsManager::Secret': (id) => (id.startsWith('arn:') ? id : at('secretsmanager', `secret:${id}`)),
  'AWS::StepFunctions::StateMachine': (id) => id,
};

/** Resolves CloudFormation's functions in templates, as far as policies and what they name use them. */
export function resolver(stacks: readonly Stack[]) {
  const stackOf = (name: string): Stack => {
    const found = stacks.find((stack) => stack.name === name);
    if (!found) throw new Error(`no stack ${name}`);
    return found;
  };
  const ref = (stack: string, id: string): string => {
    const known = PSEUDO[id] ?? stackOf(stack).ids[id];
    if (known === undefined) throw new Error(`${stack} has no ${id}`);
    return known;
  };
  const arnIfAny = (stack: string, id: string): string | undefined => {
    const physical = stackOf(stack).ids[id];
    const arn = ARNS[stackOf(stack).template.Resources[id]?.Type ?? ''];
    return physical === undefined ? undefined : arn?.(physical);
  };
  const arn = (stack: string, id: string): string => {
    const found = arnIfAny(stack, id);
    if (found === undefined) throw new Error(`The ARN of ${id} in ${stack} is not known here: ARNS in intrinsics.ts`);
    return found;
  };
  const imported = (name: string): unknown => {
    for (const stack of stacks)
      for (const { Value, Export } of Object.values(stack.template.Outputs))
        if (Export?.Name === name) return value(stack.name, Value);
    throw new Error(`nothing exports ${name}`);
  };
  const text = z.array(z.unknown()).transform((parts) => parts.map(String));

  /** What is not understood stays as it is: only what is looked at must be resolved. */
  function value(stack: string, input: unknown): unknown {
    if (Array.isArray(input)) return input.map((one) => value(stack, one));
    if (typeof input !== 'object' || input === null) return input;
    const entries = Object.entries(input);
    const [name, argument] = entries[0] ?? [];
    if (entries.length === 1 && name === 'Ref') return stackOf(stack).ids[String(argument)] ?? PSEUDO[String(argument)];
    if (entries.length === 1 && name === 'Fn::ImportValue') return imported(String(argument));
    if (entries.length === 1 && name === 'Fn::GetAtt') {
      const [id = '', attribute = ''] = text.parse(argument);
      return attribute === 'Arn' ? arn(stack, id) : `${id}.${attribute}`;
    }
    if (entries.length === 1 && name === 'Fn::Join') {
      const [separator, parts] = z.tuple([z.string(), z.unknown()]).parse(argument);
      return text.parse(value(stack, parts)).join(separator);
    }
    return Object.fromEntries(entries.map(([key, one]) => [key, value(stack, one)]));
  }
  return { account: ACCOUNT, region: REGION, ref, arn, arnIfAny, value };
}
