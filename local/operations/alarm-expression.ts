import jsep from 'jsep';

/**
 * Metric math of CloudWatch, as far as alarms of ours use it, for one point in time. What it does not know it refuses: an
 * expression that is taken for something else would be an alarm that nobody can trust.
 */

/** Value of a metric or an expression; undefined: there is no data. */
export type Value = number | undefined;

export interface Surroundings {
  /** Value of what has that id. @throws Error where nothing has */
  readonly valueOf: (id: string) => Value;
  /** Quota of what the metric with that id counts; undefined where it is not known. */
  readonly quotaOf: (id: string) => Value;
}

for (const [word, precedence] of [
  ['OR', 1],
  ['AND', 2],
] as const)
  jsep.addBinaryOp(word, precedence);
jsep.addUnaryOp('NOT');

const parse = (text: string): jsep.CoreExpression => jsep(text) as jsep.CoreExpression;

/** @throws Error naming what of the expression is not known here */
export const evaluate = (expression: string, surroundings: Surroundings): Value =>
  valueOf(parse(expression), surroundings);

/** @param isIn whether the alarm of that name is in that state @throws Error naming what of the rule is not known here */
export function ruleHolds(rule: string, isIn: (state: string, name: string) => boolean): boolean {
  const holds = (node: jsep.CoreExpression): boolean => {
    if (node.type === 'BinaryExpression' && node.operator === 'AND')
      return holds(core(node.left)) && holds(core(node.right));
    if (node.type === 'BinaryExpression' && node.operator === 'OR')
      return holds(core(node.left)) || holds(core(node.right));
    if (node.type === 'UnaryExpression' && node.operator === 'NOT') return !holds(core(node.argument));
    if (node.type === 'CallExpression') {
      const [name, ...others] = node.arguments.map(core);
      if (name?.type === 'Literal' && others.length === 0) return isIn(nameOf(node.callee), String(name.value));
    }
    throw unknown(node);
  };
  return holds(parse(rule));
}

function valueOf(node: jsep.CoreExpression, surroundings: Surroundings): Value {
  switch (node.type) {
    case 'Literal':
      if (typeof node.value !== 'number') throw unknown(node);
      return node.value;
    case 'Identifier':
      return surroundings.valueOf(node.name);
    case 'UnaryExpression':
      if (node.operator !== '-') throw unknown(node);
      return both(0, valueOf(core(node.argument), surroundings), (zero, value) => zero - value);
    case 'BinaryExpression': {
      const apply = OPERATORS[node.operator];
      if (!apply) throw unknown(node);
      return both(valueOf(core(node.left), surroundings), valueOf(core(node.right), surroundings), apply);
    }
    case 'CallExpression':
      return call(node, surroundings);
    default:
      throw unknown(node);
  }
}

/** Where one of the two is missing, so is the result. */
const both = (left: Value, right: Value, apply: (left: number, right: number) => Value): Value =>
  left === undefined || right === undefined ? undefined : apply(left, right);

const OPERATORS: Readonly<Record<string, (left: number, right: number) => Value>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => (right === 0 ? undefined : left / right),
  '>': (left, right) => Number(left > right),
  '>=': (left, right) => Number(left >= right),
  '<': (left, right) => Number(left < right),
  '<=': (left, right) => Number(left <= right),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  AND: (left, right) => Number(left !== 0 && right !== 0),
  OR: (left, right) => Number(left !== 0 || right !== 0),
};

function call(node: jsep.CallExpression, surroundings: Surroundings): Value {
  const name = nameOf(node.callee);
  const [first, second, third, ...others] = node.arguments.map(core);
  if (others.length > 0 || !first) throw unknown(node);
  const value = (of: jsep.CoreExpression) => valueOf(of, surroundings);
  if (name === 'IF' && second && third) {
    const condition = value(first);
    return condition === undefined ? undefined : value(condition === 0 ? third : second);
  }
  if (name === 'FILL' && second?.type === 'Literal' && !third) return value(first) ?? value(second);
  if (name === 'SERVICE_QUOTA' && first.type === 'Identifier' && !second) return surroundings.quotaOf(first.name);
  if (name === 'MAX' && first.type === 'ArrayExpression' && !second) return largest(first, value);
  throw unknown(node);
}

/** Of those for which there is data. */
function largest({ elements }: jsep.ArrayExpression, value: (of: jsep.CoreExpression) => Value): Value {
  const values = elements
    .flatMap((element) => (element ? [value(core(element))] : []))
    .filter((one) => one !== undefined);
  return values.length === 0 ? undefined : Math.max(...values);
}

const nameOf = (node: jsep.Expression): string => {
  const callee = core(node);
  return callee.type === 'Identifier' ? callee.name : '';
};

/** jsep types parts more loosely than what it makes of them. */
const core = (node: jsep.Expression): jsep.CoreExpression => node as jsep.CoreExpression;

const unknown = (node: jsep.Expression): Error =>
  new Error(`Not known of metric math or alarm rules: ${JSON.stringify(node)}`);
