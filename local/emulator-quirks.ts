import type { CorsConfiguration } from './gateway/cors';
import { field } from './gateway/fields';

/**
 * Where the emulator differs from AWS, and what is done about it; nothing else in `local/` knows. Seen in MiniStack
 * 1.5.33. Quirks that are met inside its process, in emulator/narae_emulator/quirks.py:
 *
 * - It writes its state only when it is stopped cleanly. Our process around it keeps what it acknowledges
 *   (emulator/narae_emulator), and asks it to stop when the process that started it is gone.
 * - It writes START, END and REPORT of forwarded invokes into a log stream per invoke, beside the lines that the Lambda
 *   service ships: these are left out.
 * - It keeps log events for ever, whatever retention a group has: it is kept here, and the newest 20,000 per group.
 * - Signed addresses work for keys that it knows only. Functions sign with their names, so that calls say whose they are:
 *   those it takes as it takes `test`.
 * - Of the language of Logs Insights it reads filters by fields of its own: fields of JSON lines, comparisons, counts and
 *   groups are added as far as saved queries use them (emulator/narae_emulator/insights.py), all else is refused.
 * - Its alarms heed neither dimensions nor missing periods: their states stay as they are deployed. Metrics of invokes are
 *   left to the Lambda service, and old points of metrics are put together (emulator/narae_emulator/metrics.py).
 *
 * And of its settings, in emulator/ministack.ts: AWS_ENDPOINT_URL in its own environment would reach custom resources;
 * MINISTACK_HOST would pin queue addresses to a name; custom resources for Node need NODE_PATH.
 *
 * What a function's failed events lead to (EventInvokeConfig) it keeps apart for `$LATEST` and for no qualifier, which are
 * the same on AWS: lambda/catalog.ts asks for both.
 *
 * Of its clients: queue addresses that it keeps hold the port of an earlier start (`useQueueUrlAsEndpoint: false`), and
 * so does the address of a function's code (only its path is used). S3 clients must address it by 127.0.0.1 and not by
 * name: `bucket.localhost` does not resolve everywhere, and for an address they put the bucket into the path themselves.
 */

/** CORS as CloudFormation writes it keeps capital keys, which the SDK does not read. */
export async function readCors(
  awsEndpoint: string,
  apiId: string,
  told: unknown,
): Promise<CorsConfiguration | undefined> {
  const raw: unknown = await (
    await fetch(`${awsEndpoint}/v2/apis/${apiId}`, { signal: AbortSignal.timeout(10_000) })
  ).json();
  const written = field(raw, 'corsConfiguration') ?? told;
  if (written === undefined || written === null) return undefined;
  const list = (name: string): string[] => {
    const value = field(written, name) ?? field(written, name.charAt(0).toUpperCase() + name.slice(1));
    return Array.isArray(value) ? value.map(String) : [];
  };
  return {
    allowOrigins: list('allowOrigins'),
    allowMethods: list('allowMethods'),
    allowHeaders: list('allowHeaders'),
    exposeHeaders: list('exposeHeaders'),
    maxAgeSeconds: Number(field(written, 'maxAge') ?? field(written, 'MaxAge') ?? 0),
  };
}
