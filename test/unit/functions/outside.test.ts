import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Called } from '../../../lambdas/engine/lifecycle/call-run';
import { getFunction, createFunction, updateFunction } from '../../../lambdas/functions/registry/functions';
import { invokeFunction } from '../../../lambdas/functions/invoke/invoke';
import { functionLogs } from '../../../lambdas/functions/invoke/logs';
import { executePassthrough, OutsideOrder } from '../../../lambdas/functions/passthrough/outside-order';
import type { Ports } from '../../../lambdas/functions/ports';
import { FunctionChange } from '../../../lambdas/functions/contract';
import { openTargets } from '../../../lambdas/platform/outbound/target';
import { closeServers, context, serve, testService, type TestService } from './support';
import { pause } from '../../support/wait';

/** Calls of functions that are deployed elsewhere: names that change their mind, and calls that outlast their caller. */

afterEach(closeServers);

const none = { query: undefined, body: undefined };

/** A function of a service that may call one port of this machine, under a name of its own. */
async function deployed(room: TestService, port: number, timeout: number) {
  const { ports } = room;
  const { body } = await createFunction(ports)(
    {
      params: { workspaceId: 'ws-default' },
      query: undefined,
      body: {
        name: 'f',
        description: '',
        runtime: 'python',
        memory: 128,
        timeout,
        httpMethods: ['GET'],
        environmentVariables: {},
        code: 'def handler(e):\n    return 1\n',
      },
    },
    context(),
  );
  const params = { workspaceId: 'ws-default', functionId: body.id };
  const change = FunctionChange.parse({ invocationUrl: `http://shop.example:${port}/run` });
  await updateFunction(ports)({ params, query: undefined, body: change }, context());
  return params;
}

const serviceFor = (port: number, more: Partial<Ports> = {}) =>
  testService({
    outbound: {
      resolve: () => Promise.resolve(['127.0.0.1']),
      open: openTargets(`shop.example:${port}`),
      ownHosts: [],
    },
    ...more,
  });

type Params = Awaited<ReturnType<typeof deployed>>;

const invoke = ({ ports }: TestService, params: Params, body = '{"id":1}') =>
  invokeFunction(ports)({ params, query: { raw: undefined }, body: Buffer.from(body) }, context());
const logsOf = async ({ ports }: TestService, params: Params) =>
  (await functionLogs(ports)({ params, query: { limit: 50 }, body: undefined }, context())).body.logs;
const countsOf = async ({ ports }: TestService, params: Params) =>
  (await getFunction(ports)({ params, ...none }, context())).body;

describe('a name', () => {
  test('is asked for once: a later, private answer is never connected to', async () => {
    const port = await serve((_request, response) => response.end('"inside"'));
    const answers = [['192.0.2.1'], ['127.0.0.1']];
    let asked = 0;
    const room = await testService({
      outbound: { resolve: () => Promise.resolve(answers[asked++] ?? []), open: new Set(), ownHosts: [] },
    });
    const params = await deployed(room, port, 1);
    // The first answer is refused as it is, and nothing asks for a better one.
    await expect(invoke(room, params)).rejects.toMatchObject({ code: 'URL_NOT_ALLOWED' });
    expect(asked).toBe(1);
    // The second call is a call of its own: it asks once more, and is refused for what it is told.
    await expect(invoke(room, params)).rejects.toMatchObject({ code: 'URL_NOT_ALLOWED' });
    expect(asked).toBe(2);
    expect(await logsOf(room, params)).toEqual([]);
  });

  test('that is found leads to the checked address, under the name that was asked for', async () => {
    let host: string | undefined;
    const port = await serve((request, response) => {
      host = request.headers.host;
      response.end('1');
    });
    let asked = 0;
    const room = await testService({
      outbound: {
        resolve: () => Promise.resolve((asked += 1) === 1 ? ['127.0.0.1'] : ['127.0.0.2']),
        open: openTargets(`shop.example:${port}`),
        ownHosts: [],
      },
    });
    const params = await deployed(room, port, 1);
    expect((await invoke(room, params)).body).toMatchObject({ status: 'success' });
    expect([asked, host]).toEqual([1, `shop.example:${port}`]);
  });

  test('that nobody answers for is given up in time', async () => {
    const room = await testService({
      outbound: { resolve: () => new Promise(() => undefined), open: new Set(), ownHosts: [] },
    });
    const params = await deployed(room, 80, 1);
    await expect(invoke(room, params)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(await logsOf(room, params)).toMatchObject([{ statusCode: 504 }]);
  });
});

describe('a call that may outlast its caller', () => {
  /** Workers in this process: what a worker is given is what travels, as JSON. */
  function workers(room: () => TestService) {
    const orders: unknown[] = [];
    const done: Promise<unknown>[] = [];
    const carryOut = (order: unknown) => {
      const { store, blobs, clock } = room().ports;
      return executePassthrough(OutsideOrder.parse(order), () => 900_000, { store, blobs, clock });
    };
    const callOutside: Ports['callOutside'] = async (order, waitMs): Promise<Called> => {
      const sent: unknown = JSON.parse(JSON.stringify(order));
      orders.push(sent);
      const work = carryOut(sent);
      done.push(work);
      const late = pause(waitMs, { ref: false });
      const run = await Promise.race([work.then((ended) => ended ?? null), late]);
      return run === undefined ? { kind: 'pending' } : run === null ? { kind: 'left' } : { kind: 'ended', run };
    };
    return { orders, done, carryOut, callOutside };
  }

  test('answers STILL_RUNNING, and its true outcome is stored once', async () => {
    const waiting: ServerResponse[] = [];
    const port = await serve((_request, response) => waiting.push(response));
    const work = workers(() => room);
    const room: TestService = await serviceFor(port, { windowMs: 100, callOutside: work.callOutside });
    const params = await deployed(room, port, 60);
    await expect(invoke(room, params)).rejects.toMatchObject({ code: 'STILL_RUNNING' });
    expect(await logsOf(room, params)).toEqual([]);
    expect((await countsOf(room, params)).invocations24h).toBe(0);
    waiting[0]?.writeHead(201).end('"late"');
    await Promise.all(work.done);
    expect(await logsOf(room, params)).toMatchObject([{ statusCode: 201, responseBody: 'late', status: 'success' }]);
    // Delivered again, the order is carried out by nobody.
    expect(await work.carryOut(work.orders[0])).toBeUndefined();
    expect(waiting).toHaveLength(1);
    expect((await countsOf(room, params)).invocations24h).toBe(1);
  });

  test('carries a body of any size', async () => {
    const sizes: (string | undefined)[] = [];
    const port = await serve((request: IncomingMessage, response) => {
      sizes.push(request.headers['content-length']);
      response.end('1');
    });
    const work = workers(() => room);
    const room: TestService = await serviceFor(port, { callOutside: work.callOutside });
    const params = await deployed(room, port, 60);
    for (const length of [10, 2_000_000]) await invoke(room, params, JSON.stringify('x'.repeat(length)));
    expect(sizes).toEqual(['12', '2000002']);
    expect(Buffer.byteLength(JSON.stringify(work.orders[1]))).toBeLessThan(200_000);
  });

  test('whose worker dies, or is not to be had, is an error with one log', async () => {
    const results: Called[] = [{ kind: 'lost' }, { kind: 'full' }];
    const room = await serviceFor(80, { callOutside: () => Promise.resolve(results.shift() ?? { kind: 'left' }) });
    const params = await deployed(room, 80, 60);
    await expect(invoke(room, params)).rejects.toMatchObject({ code: 'EXECUTION_ERROR' });
    await expect(invoke(room, params)).rejects.toMatchObject({ code: 'INVOCATION_ERROR' });
    expect((await logsOf(room, params)).map(({ statusCode }) => statusCode).sort()).toEqual([500, 503]);
    expect(await countsOf(room, params)).toMatchObject({ invocations24h: 2, errors24h: 2 });
  });

  test('that nobody carries out is over at its deadline', async () => {
    const room = await serviceFor(80, { callOutside: () => Promise.resolve({ kind: 'pending' }) });
    const params = await deployed(room, 80, 60);
    await expect(invoke(room, params)).rejects.toMatchObject({ code: 'STILL_RUNNING' });
    room.clock.advance(91_000);
    const overdue = await room.ports.index.overdue(room.clock.now());
    expect(overdue.map(({ owner }) => owner)).toEqual([params.functionId]);
  });
});

describe('an address that a deploy issued', () => {
  const AWS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'function.f', AWS_SECRET_ACCESS_KEY: 'test' };
  const before = { ...process.env };
  beforeEach(() => Object.assign(process.env, AWS));
  afterEach(() => {
    process.env = { ...before };
  });

  async function called(issued: (url: string) => { url: string; target: 'lambda' | 'spin' } | undefined) {
    let seen: string | undefined;
    const port = await serve((request, response) => {
      seen = request.headers.authorization ?? 'none';
      response.end('1');
    });
    const url = `http://shop.example:${port}/run`;
    const service = await serviceFor(port);
    const params = await deployed(service, port, 1);
    const { functions } = service.ports;
    const record = await functions.get(params.workspaceId, params.functionId);
    const mark = issued(url);
    await functions.replace(record, { ...record, ...(mark && { issued: mark }), version: record.version + 1 });
    await invoke(service, params);
    return seen;
  }

  test('is signed for if it is of Lambda', async () => {
    expect(await called((url) => ({ url, target: 'lambda' }))).toMatch(/^AWS4-HMAC-SHA256 Credential=function\.f\//);
  });

  test('is not if it is of Kubernetes, if the user set another one, or if none was issued', async () => {
    expect(await called((url) => ({ url, target: 'spin' }))).toBe('none');
    expect(await called((url) => ({ url: `${url}/other`, target: 'lambda' }))).toBe('none');
    expect(await called(() => undefined)).toBe('none');
  });
});
