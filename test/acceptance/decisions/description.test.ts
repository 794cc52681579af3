import * as z from 'zod';
import { get, read } from '../../support/api';
import { OPERATIONS } from '../../support/decision-operations';

/** docs/contracts/decisions.md#endpoints: what the platform says of itself. */

describe('the description', () => {
  const Media = z.record(z.string(), z.unknown());
  const Description = z.object({
    openapi: z.string().startsWith('3.1'),
    paths: z.record(
      z.string(),
      z.record(
        z.string(),
        z.looseObject({ responses: z.record(z.string(), z.looseObject({ content: Media.optional() })) }),
      ),
    ),
  });
  const bare = (path: string) => path.replace(/(?<=.)\/$/, '');
  let paths: z.output<typeof Description>['paths'];
  beforeAll(async () => {
    ({ paths } = read(await get('/openapi.json'), 200, Description));
  });
  const described = (path: string, method: string) =>
    Object.entries(paths).find(([name]) => bare(name) === bare(path))?.[1][method.toLowerCase()];

  test.each(OPERATIONS.map(({ method, path }) => [method, path] as const))('has %s %s', (method, path) => {
    const { responses = {} } = described(path, method) ?? {};
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '401']));
    expect(Object.keys(responses)).not.toContain('422');
    expect(Object.keys(responses).some((status) => status.startsWith('20'))).toBe(true);
  });

  test.each([
    ['GET', '/api/decisions/stream/{run_id}'],
    ['POST', '/api/virtual-meetings/generate/{run_id}'],
  ])('says that %s %s is a stream', (method, path) => {
    const { content = {} } = described(path, method)?.responses['200'] ?? {};
    expect(Object.keys(content)).toEqual(['text/event-stream']);
  });
});

test('the platform says what it is by strings alone, and by what it judges', async () => {
  const root = read(await get('/'), 200, z.record(z.string(), z.string()));
  expect(Object.keys(root)).toEqual(expect.arrayContaining(['name', 'version', 'docs']));
  const health = read(await get('/health'), 200, z.looseObject({ status: z.string() }));
  expect(health).toMatchObject({ status: 'healthy', provider: 'rules', embedder: 'local' });
});
