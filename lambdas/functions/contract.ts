import * as z from 'zod';
import { WELL_FORMED, WITHOUT_NUL } from '../engine/contract';
import { Code } from './registry/code';
import { EnvironmentVariables } from './registry/environment';
import { InvocationUrl } from './passthrough/invocation-url';
import { LIMITS } from './limits';
import { parseTime } from './registry/time';

/** Shapes of the functions API (docs/contracts/functions.md#resources). */

const text = (maxChars: number) =>
  z
    .string()
    .refine((value) => Array.from(value).length <= maxChars, { error: `must have at most ${maxChars} characters` })
    .refine(...WITHOUT_NUL)
    .refine(...WELL_FORMED);

const Name = text(LIMITS.nameChars + 2 * 1_024)
  .trim()
  .min(1)
  .refine((value) => Array.from(value).length <= LIMITS.nameChars, {
    error: `must have at most ${LIMITS.nameChars} characters`,
  });
const Description = text(LIMITS.descriptionChars);

export const WorkspaceInput = z
  .object({ name: Name, description: Description.default('') })
  .meta({ id: 'WorkspaceInput' });

/** null means unchanged, like a field that is not there. */
const unchanged = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? undefined);

export const WorkspaceChange = z
  .object({ name: unchanged(Name), description: unchanged(Description) })
  .meta({ id: 'WorkspaceChange' });

export const HTTP_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
const METHODS_WANTED = `must be a list of at least one of ${HTTP_METHODS.join(', ')}`;

const HttpMethods = z
  .array(z.unknown())
  .transform((sent, context): string[] => {
    const known = new Set<string>(HTTP_METHODS);
    const methods = sent.map((method) => (typeof method === 'string' ? method.toUpperCase() : ''));
    if (methods.length > 0 && methods.every((method) => known.has(method))) return [...new Set(methods)];
    context.addIssue({ code: 'custom', message: METHODS_WANTED });
    return z.NEVER;
  })
  .meta({ description: `Upper-cased, without repeats; ${HTTP_METHODS.join(', ')}. Informative for invoke.` });

const Runtime = z.string().meta({ description: 'A runtime name or one of its many spellings.' });
const Memory = z.int().min(LIMITS.memoryMb.min).max(LIMITS.memoryMb.max).meta({ description: 'MB.' });
const Timeout = z
  .int()
  .min(LIMITS.timeoutSeconds.min)
  .max(LIMITS.timeoutSeconds.max)
  .meta({ description: 'Seconds, the first import included.' });

export const FunctionInput = z
  .object({
    name: Name,
    description: Description.default(''),
    runtime: Runtime.default('Python 3.12'),
    memory: Memory.default(LIMITS.memoryMb.default),
    timeout: Timeout.default(LIMITS.timeoutSeconds.default),
    httpMethods: HttpMethods.default(['GET']),
    environmentVariables: EnvironmentVariables.default({}),
    code: Code,
  })
  .meta({ id: 'FunctionInput' });
export type FunctionInput = z.output<typeof FunctionInput>;

export const Status = z.enum(['active', 'disabled', 'building', 'deploying', 'failed']);

/** null or an empty text clears. */
const Clearable = z.union([z.null(), z.literal('').transform(() => null)]);

const DeployTime = z.string().transform((value, context): number => {
  const epochMs = parseTime(value);
  if (epochMs !== undefined) return epochMs;
  context.addIssue({ code: 'custom', message: 'must be a time such as 2026-11-21T01:20:00Z' });
  return z.NEVER;
});

const clearable = <S extends z.ZodType<unknown, string>>(schema: S) =>
  z
    .unknown()
    .transform((value, context): z.output<S> | null => {
      if (Clearable.safeParse(value).success) return null;
      const parsed = schema.safeParse(value, { reportInput: true });
      if (parsed.success) return parsed.data;
      context.addIssue({
        code: 'custom',
        message:
          typeof value === 'string' ? (parsed.error.issues[0]?.message ?? 'is not valid') : 'must be a string or null',
      });
      return z.NEVER;
    })
    .optional();

export const FunctionChange = z
  .object({
    name: unchanged(Name),
    description: unchanged(Description),
    runtime: unchanged(Runtime),
    memory: unchanged(Memory),
    timeout: unchanged(Timeout),
    httpMethods: unchanged(HttpMethods),
    environmentVariables: unchanged(EnvironmentVariables),
    code: unchanged(Code),
    status: unchanged(Status),
    invocationUrl: clearable(InvocationUrl).meta({ description: 'Absolute http(s) URL; null or "" clears it.' }),
    lastDeployed: clearable(DeployTime).meta({ description: 'Time; without a zone UTC. null or "" clears it.' }),
  })
  .meta({ id: 'FunctionChange' });
export type FunctionChange = z.output<typeof FunctionChange>;

const Time = z.string().meta({ description: 'ISO 8601 with milliseconds and +09:00.', format: 'date-time' });
const Count = z.int().min(0);

export const Workspace = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    createdAt: Time,
    functionCount: Count,
    invocations24h: Count,
    errorRate: z.number().min(0).max(100),
  })
  .meta({ id: 'Workspace' });
export type Workspace = z.output<typeof Workspace>;

export const FunctionConfig = z
  .object({
    id: z.string(),
    workspaceId: z.string(),
    name: z.string(),
    description: z.string(),
    runtime: z.string(),
    runtimeVersion: z.string().nullable().meta({
      description: 'Version of the language that it runs on, such as 3.13; null where its label is none of these days.',
    }),
    memory: z.int(),
    timeout: z.int(),
    httpMethods: z.array(z.string()),
    environmentVariables: z.record(z.string(), z.literal('********')),
    code: z.string(),
    invocationUrl: z.string().nullable(),
    status: Status,
    lastModified: Time,
    lastDeployed: Time.nullable(),
    invocations24h: Count,
    errors24h: Count,
    avgDuration: Count,
  })
  .meta({ id: 'FunctionConfig' });
export type FunctionConfig = z.output<typeof FunctionConfig>;

export const ExecutionLog = z
  .object({
    id: z.string(),
    functionId: z.string(),
    timestamp: Time,
    status: z.enum(['success', 'error']),
    duration: z.int().min(0),
    statusCode: z.int(),
    requestBody: z.unknown(),
    responseBody: z.unknown(),
    logs: z.array(z.string()),
    level: z.enum(['info', 'warn', 'error']),
  })
  .meta({ id: 'ExecutionLog' });
export type ExecutionLog = z.output<typeof ExecutionLog>;

export const LogsResponse = z.object({ logs: z.array(ExecutionLog), total: Count }).meta({ id: 'LogsResponse' });
