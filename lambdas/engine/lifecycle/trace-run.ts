import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { traceIdOf, xrayTrace } from '../../platform/trace-context';
import type { Run } from '../run/run';

/** Where this invoke's segment is, as Lambda says it to a function that is traced. */
export interface XRayPlace {
  /** `_X_AMZN_TRACE_ID` */
  readonly header: string | undefined;
  /** `AWS_XRAY_DAEMON_ADDRESS`: host:port. */
  readonly daemon: string | undefined;
}

/** What the daemon wants before each document. */
const PREAMBLE = '{"format": "json", "version": 1}\n';

/**
 * Tells X-Ray what the runner waited for: `sandbox start`, from the hand-over to the start of the code, and `user code`. Both can be
 * found by the run's id. Does nothing where this invoke is not recorded, and never throws (docs/adr/0036).
 */
export async function traceRun(run: Run, place: XRayPlace): Promise<void> {
  const [host, port] = place.daemon?.split(':') ?? [];
  const documents = subsegmentsOf(run, place.header);
  if (host === undefined || port === undefined || documents.length === 0) return;
  const socket = createSocket('udp4');
  // Without a listener, an error of the socket would end the process.
  socket.on('error', () => undefined);
  const send = (document: object) =>
    new Promise<void>((resolve) => {
      socket.send(PREAMBLE + JSON.stringify(document), Number(port), host, () => resolve());
    });
  await Promise.all(documents.map(send));
  socket.close();
}

/** Times of subsegments are epoch seconds. */
function subsegmentsOf(run: Run, header: string | undefined): object[] {
  const trace = xrayTrace(header ?? '');
  const { handedOverAt, startedAt, finishedAt } = run;
  if (!trace || typeof handedOverAt !== 'number' || startedAt === undefined || finishedAt === undefined) return [];
  const id = traceIdOf(trace);
  const common = {
    type: 'subsegment',
    trace_id: `1-${id.slice(0, 8)}-${id.slice(8)}`,
    parent_id: trace.traceparent.slice(36, 52),
    annotations: { run_id: run.id, service: run.room, workspace: run.workspace, status: run.status },
  };
  const part = (name: string, from: number, to: number) => ({
    ...common,
    id: randomBytes(8).toString('hex'),
    name,
    start_time: from / 1_000,
    end_time: Math.max(from, to) / 1_000,
  });
  const isOurs = run.errorType === 'PLATFORM_ERROR';
  return [
    part('sandbox start', handedOverAt, startedAt),
    { ...part('user code', startedAt, finishedAt), fault: isOurs, error: run.status === 'FAILED' && !isOurs },
  ];
}
