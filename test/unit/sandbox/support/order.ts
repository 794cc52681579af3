/** A run as the runner orders it (docs/sandbox.md, "Protocol"). */
export interface Order {
  readonly code: string;
  readonly kind?: 'handler' | 'script';
  readonly module?: string;
  readonly function?: string;
  readonly fallbacks?: readonly string[];
  readonly convention?: 'invocation' | 'function' | 'callback';
  readonly event?: unknown;
  readonly eventUrl?: string;
  readonly stdin?: string;
  readonly stdinUrl?: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, number>>;
  readonly cancelUrl?: string;
  readonly bundleUrl?: string;
  readonly bundleSha?: string;
}

export const LIMITS = {
  timeoutMs: 20_000,
  memoryMb: 512,
  lineBytes: 8192,
  logBytes: 1024 * 1024,
  logLines: 10_000,
  resultBytes: 1024 * 1024,
  outputBytes: 256 * 1024,
};

/** The event of the protocol. Whatever is not said is as an ordinary run has it. */
export function protocolEvent(order: Order): Record<string, unknown> {
  const { code, kind = 'handler', module = 'main', fallbacks = [], convention = 'invocation' } = order;
  const { limits, function: name = 'handler', event = {}, ...rest } = order;
  const given = ['eventUrl', 'stdin', 'stdinUrl', 'cancelUrl', 'bundleUrl', 'bundleSha'] as const;
  return {
    runId: 'inv-test',
    codeBase64: Buffer.from(code).toString('base64'),
    entry: kind === 'script' ? { kind } : { kind, module, function: name, fallbacks },
    convention,
    ...(rest.eventUrl === undefined && kind === 'handler' ? { event } : {}),
    context: rest.context ?? { invocationId: 'inv-test', runtime: 'test', memoryMb: 512, timeoutMs: 20_000 },
    env: rest.env ?? {},
    limits: { ...LIMITS, ...limits },
    ...Object.fromEntries(given.flatMap((field) => (rest[field] === undefined ? [] : [[field, rest[field]]]))),
  };
}
