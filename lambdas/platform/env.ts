import * as z from 'zod';

/**
 * Reads a function's configuration once per process.
 * @throws Error naming every variable that is missing or wrong: a function without its configuration must not start
 */
export function readEnv<S extends z.ZodObject>(
  schema: S,
  source: Readonly<Record<string, string | undefined>> = process.env,
): z.output<S> {
  const result = schema.safeParse(source);
  if (result.success) return result.data;
  const names = [...new Set(result.error.issues.map((issue) => String(issue.path[0])))].sort();
  throw new Error(
    `Configuration is missing or wrong: ${names.join(', ')}. See "Environment variables" in docs/architecture.md.`,
  );
}

/** A variable that holds JSON. */
export const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
});

/** What every function of ours is given. */
export const commonEnv = z.object({
  NARAE_STAGE: z.string().min(1),
  NARAE_VERSION: z.string().min(1),
  /** Share of successes that leave a line. */
  NARAE_SAMPLE_SUCCESSES: z.coerce.number().gt(0).max(1).default(1),
  NARAE_AUTH: z.enum(['none', 'api-key']),
  NARAE_RUNS_TABLE: z.string().min(1),
  NARAE_ENTITIES_TABLE: z.string().min(1),
  NARAE_BUCKET: z.string().min(1),
  NARAE_TICKET_SECRET_ID: z.string().min(1),
  NARAE_ORIGIN_SECRET_ID: z.string().min(1).optional(),
  NARAE_ALLOWED_ORIGINS: z.string().min(1).default('*'),
});
