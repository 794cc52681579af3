import { isIP } from 'node:net';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';

const finite = (days: string | RetentionDays) => typeof days === 'number' && days !== RetentionDays.INFINITE;
const keptDays = Object.values(RetentionDays).filter(finite);
const oneOfThem = `must be one of ${keptDays.join(', ')}`;

/** Days that CloudWatch Logs can keep a log group; other numbers are refused by the service, and for ever by us. */
export const retentionDays = z.enum(RetentionDays, oneOfThem).refine(finite, oneOfThem);

/** An IPv4 or IPv6 network. `/0` is refused: a list that admits everybody is no list, and WAF does not take it. */
export const cidr = z.string().refine((text) => {
  const [address = '', bits = '', ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128);
}, 'must be a network such as "203.0.113.0/24" or "2001:db8::/32", not wider than /1');

/** null takes a default away; afterwards it is as if the setting had not been there. */
export const absent = (value: number | null | undefined): number | undefined => value ?? undefined;

/** @param region pattern of the regions that it may be in */
export const topicArn = (region: string, where: string) =>
  z
    .string()
    .regex(new RegExp(`^arn:aws:sns:${region}:\\d{12}:[\\w-]+$`), `must be the ARN of an SNS topic${where}`)
    .optional();

/** Percent of something that are to be well. Below 95 even all that fail would not burn the budget fast (objective-alarms.ts). */
const promised = (of: string, percent: number) =>
  z
    .number()
    .min(95, `must be 95 to 99.99 percent of ${of}`)
    .max(99.99, `must be 95 to 99.99 percent of ${of}`)
    .default(percent);

/** Service level objectives over 30 days (docs/operations.md#service-level-objectives). */
export const Objectives = z.strictObject({
  /** Requests that are not answered 5xx. */
  requestsPercent: promised('requests', 99.9),
  /** Runs that do not end by our fault. */
  runsPercent: promised('runs', 99.9),
  /** Runs that a sandbox takes within `startsWithinMs`. */
  startsPercent: promised('runs', 99),
  startsWithinMs: z
    .int('must be a whole number of milliseconds')
    .min(100, 'must be 100 to 600000')
    .max(600_000)
    .default(5_000),
});
export type Objectives = Readonly<z.output<typeof Objectives>>;

/** How many of something at the same time. */
export const bound = (what: string) =>
  z.int().min(1, `must be a whole number of ${what}, 1 or more, or null`).nullish().transform(absent);

export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Settings that are given and do not exist. */
  readonly keys?: readonly string[];
}

/** One line for each thing that is wrong: the field, what would be right, what was there. */
export function describeProblems(problems: readonly Problem[], input: unknown): string[] {
  return problems.map((issue) => {
    if (issue.keys) {
      const where = fieldOf(issue.path);
      return `${where ? `${where}: ` : ''}there is no setting named ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
    }
    const found = issue.path.reduce<unknown>(step, input);
    const given = found === undefined ? 'it is missing' : `it is ${JSON.stringify(found)}`;
    return `${fieldOf(issue.path)}: ${issue.message}; ${given}`;
  });
}

const fieldOf = (path: readonly PropertyKey[]): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`)).join('');

const step = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

export const isIPv6Network = (network: string): boolean => network.includes(':');
