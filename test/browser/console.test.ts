import { createServer, type Server } from 'node:http';
import type { Page } from 'playwright-core';
import { listen } from '../../local/process/listen';
import { target } from '../support/api';
import { describeWithChromium } from '../support/chromium';

/**
 * What the console does with its one base URL: JSON content type on every call, GET too
 * (docs/contracts/functions.md#what-existing-clients-rely-on).
 */
const PAGE = '<!doctype html><link rel="icon" href="data:,"><title>console</title>';

interface Called {
  readonly status: number;
  readonly body: unknown;
}

describeWithChromium('the console, a page of another origin', (browser) => {
  let page: Page;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    server = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end(PAGE));
    origin = `http://127.0.0.1:${await listen(server)}`;
    page = await browser().newPage();
    await page.goto(origin);
  }, 90_000);

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  /** As the console's client: an error is what `error.message` says; 204 has no body; all else parses. */
  const call = (method: string, address: string, json?: unknown): Promise<Called> =>
    page.evaluate(
      async ({ base, key, method, address, text }) => {
        const response = await fetch(base + address, {
          method,
          headers: { 'Content-Type': 'application/json', ...(key !== null && { 'X-API-Key': key }) },
          ...(text !== null && { body: text }),
        });
        const body = response.status === 204 ? await response.text() : await response.json();
        return { status: response.status, body };
      },
      {
        base: target().url,
        key: target().key ?? null,
        method,
        address,
        text: json === undefined ? null : JSON.stringify(json),
      },
    );

  const idOf = ({ body }: Called): string => (body as { id: string }).id;

  test('walks from a new workspace to its deletion', async () => {
    expect(new URL(target().url).origin).not.toBe(origin);
    const made = await call('POST', '/api/workspaces', { name: 'Console', description: 'walk' });
    expect(made).toMatchObject({ status: 201, body: { functionCount: 0, errorRate: 0 } });
    const workspace = `/api/workspaces/${idOf(made)}`;
    const listed = (await call('GET', '/api/workspaces')).body as { id: string }[];
    expect(listed.map(({ id }) => id)).toContain(idOf(made));
    expect(await call('PATCH', workspace, { name: 'Renamed' })).toMatchObject({
      status: 200,
      body: { name: 'Renamed' },
    });

    const created = await call('POST', `${workspace}/functions`, {
      name: '주문',
      description: '',
      runtime: 'Python 3.12',
      memory: 256,
      timeout: 30,
      httpMethods: ['GET'],
      environmentVariables: { KEY: 'k-1' },
      code: Buffer.from('def handler(e):\n    print("안녕", e["body"])\n    return {"got": e["body"]}\n').toString(
        'base64',
      ),
    });
    expect(created).toMatchObject({
      status: 201,
      body: { status: 'active', environmentVariables: { KEY: '********' } },
    });
    const id = idOf(created);
    const fn = `${workspace}/functions/${id}`;
    expect((await call('GET', `${workspace}/functions`)).body).toMatchObject([{ id, invocationUrl: null }]);

    const invoked = await call('POST', `${fn}/invoke`, { a: 1 });
    expect(invoked).toMatchObject({ status: 200, body: { status: 'success', responseBody: { got: { a: 1 } } } });
    expect((await call('GET', `${fn}/logs?limit=100`)).body).toMatchObject({ logs: [{ id: idOf(invoked) }], total: 1 });
    expect((await call('GET', `${workspace}/logs?limit=50`)).body).toMatchObject({ total: 1 });
    expect((await call('GET', `${workspace}/functions`)).body).toMatchObject([{ invocations24h: 1, errors24h: 0 }]);
    expect(await call('GET', `/api/functions/${id}/metrics`)).toMatchObject({ status: 200, body: { function_id: id } });
    expect(await call('GET', `/api/functions/${id}/loki-logs?limit=100`)).toMatchObject({ status: 200 });

    expect(await call('PATCH', fn, { name: 'edited', memory: 512 })).toMatchObject({
      body: { name: 'edited', memory: 512 },
    });
    const deployed = {
      status: 'active',
      invocationUrl: 'https://orders.invalid/run',
      lastDeployed: '2026-11-21T01:20:00Z',
    };
    expect(await call('PATCH', fn, deployed)).toMatchObject({
      body: { lastDeployed: '2026-11-21T10:20:00.000+09:00' },
    });
    expect(await call('PATCH', fn, { status: 'disabled', invocationUrl: null })).toMatchObject({ status: 200 });
    const refused = await call('POST', `${fn}/invoke`, {});
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'FUNCTION_DISABLED' } } });
    expect((refused.body as { error: { message: string } }).error.message).not.toBe('');

    expect(await call('DELETE', fn)).toEqual({ status: 204, body: '' });
    expect(await call('DELETE', workspace)).toEqual({ status: 204, body: '' });
    expect(await call('GET', `${workspace}/functions`)).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND' } },
    });
  });

  test('may read what it is told beside the body', async () => {
    const exposed = await page.evaluate(async (url) => {
      const response = await fetch(`${url}/api/workspaces/ws-nobody0`, {
        headers: { 'Content-Type': 'application/json' },
      });
      return [response.status, response.headers.get('x-request-id') !== null];
    }, target().url);
    expect(exposed).toEqual([target().key === undefined ? 404 : 401, true]);
  });
});
