/** What Lambda makes of the fields of a deploy (docs/contracts/builds.md#semantics). */

export const LAMBDA_MEMORY = { min: 128, max: 10_240, default: 256 } as const;
export const LAMBDA_TIMEOUT_SECONDS = { min: 1, max: 900, default: 30 } as const;

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const QUANTITY = /^(\d+(?:\.\d+)?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;

/** Kubernetes' notation of a quantity; undefined if it is none. */
export function quantity(text: string): number | undefined {
  const [, digits, unit = ''] = QUANTITY.exec(text) ?? [];
  const factor = UNITS[unit];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/**
 * Memory of the function in MB: the limit asked for, rounded up; else that of the registered function; else the default.
 * Lambda counts in MiB and calls them MB.
 * @returns more than Lambda has if more is asked for: it is for the caller to refuse that
 */
export function memoryMbOf(memoryLimit: string | undefined, ofFunction: number | undefined): number {
  const bytes = memoryLimit === undefined ? undefined : quantity(memoryLimit);
  const wanted = bytes === undefined ? ofFunction : Math.ceil(bytes / 2 ** 20);
  return Math.max(LAMBDA_MEMORY.min, wanted ?? LAMBDA_MEMORY.default);
}

const REASONS = {
  replicas: 'Lambda scales by itself',
  enable_autoscaling: 'Lambda always scales by itself',
  use_spot: 'Lambda has no spot capacity',
  custom_tolerations: 'Lambda has no nodes to tolerate',
  custom_affinity: 'Lambda has no nodes to choose from',
  service_account: 'functions have one role, which may do nothing',
  cpu_limit: 'Lambda gives CPU in proportion to memory',
  cpu_request: 'Lambda gives CPU in proportion to memory',
  memory_request: 'Lambda has no requests beside the limit',
} as const;

/** Fields that say what Lambda does anyway. */
const HONOURED: Readonly<Record<string, unknown>> = { enable_autoscaling: true, use_spot: false };

/** Which fields of a request Lambda cannot honour, in the request's order, each with why. */
export function ignoredOnLambda(sent: Readonly<Record<string, unknown>>): {
  readonly ignoredFields: readonly string[];
  readonly warnings: readonly string[];
} {
  const ignored = Object.entries(sent).flatMap(([field, value]) => {
    const reason = Object.entries(REASONS).find(([name]) => name === field)?.[1];
    if (reason === undefined || value === null || value === undefined || HONOURED[field] === value) return [];
    return [{ field, warning: `${field}: ${reason}` }];
  });
  return { ignoredFields: ignored.map(({ field }) => field), warnings: ignored.map(({ warning }) => warning) };
}
