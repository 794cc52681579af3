import * as z from 'zod';

/** What is asked of IAM: one action on one resource, and what is known about the request. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  /** Condition keys and their values; absent keys are not part of the request. */
  readonly context: Readonly<Record<string, string>>;
}

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
/** A statement of a policy whose references are resolved. What is not known here is refused, not passed over. */
export const Statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: list.optional(),
  NotAction: list.optional(),
  Resource: list.optional(),
  NotResource: list.optional(),
  Condition: z.record(z.string(), z.record(z.string(), list)).default({}),
  Principal: z.unknown().optional(),
});
export type Statement = z.output<typeof Statement>;

/** Whether statements allow a request: one that allows it, and none that denies it. */
export function decide(statements: readonly Statement[], request: Request): 'allowed' | 'denied' | 'not allowed' {
  const applying = statements.filter((statement) => applies(statement, request));
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'denied';
  return applying.length > 0 ? 'allowed' : 'not allowed';
}

export function applies(statement: Statement, request: Request): boolean {
  const { Action, NotAction, Resource, NotResource, Condition } = statement;
  const action = Action ? matchesAction(Action, request.action) : !matchesAction(NotAction ?? [], request.action);
  const resource = Resource
    ? matchesResource(Resource, request.resource)
    : !matchesResource(NotResource ?? [], request.resource);
  return action && resource && Object.entries(Condition).every(([operator, keys]) => holds(operator, keys, request));
}

/** Actions are the same in upper and lower case, resources are not. */
export const matchesAction = (patterns: readonly string[], action: string): boolean =>
  patterns.some((pattern) => wildcard(pattern.toLowerCase()).test(action.toLowerCase()));
export const matchesResource = (patterns: readonly string[], resource: string): boolean =>
  patterns.some((pattern) => wildcard(pattern).test(resource));

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}

type Compare = (actual: string, wanted: string) => boolean;
const equal: Compare = (actual, wanted) => actual === wanted;
const like: Compare = (actual, wanted) => wildcard(wanted).test(actual);
const OPERATORS: Readonly<Record<string, Compare>> = {
  StringEquals: equal,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
};

/** Every key of an operator must hold, for one of its values; a negated one for none. */
function holds(operator: string, keys: Readonly<Record<string, readonly string[]>>, { context }: Request): boolean {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(keys).every(([key, wanted]) => {
    const actual = known.get(key.toLowerCase());
    if (operator === 'Null') return wanted.includes(String(actual === undefined));
    const { negated, compare, ifExists } = operatorOf(operator);
    if (actual === undefined) return ifExists || negated;
    return wanted.some((value) => compare(actual, value)) !== negated;
  });
}

/** @throws Error for operators that no policy of ours has: a condition that is not understood must not pass */
function operatorOf(operator: string): { negated: boolean; compare: Compare; ifExists: boolean } {
  const ifExists = operator.endsWith('IfExists');
  const name = ifExists ? operator.slice(0, -'IfExists'.length) : operator;
  const positive = name.replace(/^(String|Arn)Not/, '$1');
  const compare = OPERATORS[positive];
  if (!compare) throw new Error(`The condition operator ${operator} is not known here: test/permissions/policy.ts`);
  return { negated: positive !== name, compare, ifExists };
}
