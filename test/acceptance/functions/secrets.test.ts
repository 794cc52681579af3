import * as z from 'zod';
import { get, post, read } from '../../support/api';
import { newFunction } from './support';

test('no value of an environment variable is in any answer', async () => {
  const secret = `k-${Date.now()}-secret`;
  const { path, config } = await newFunction('def handler(e):\n    raise ValueError("x")\n', {
    environmentVariables: { KEY: secret },
  });
  const answers = [
    await post(`${path}/invoke`, {}),
    await get(path),
    await get(`${path}/logs`),
    await get('/api/workspaces'),
  ];
  answers.push(
    await get(
      `/invocations/${read(await get(`${path}/logs`), 200, z.object({ logs: z.array(z.object({ id: z.string() })) })).logs[0]?.id ?? ''}`,
    ),
  );
  answers.push(await get(`/api/functions/${config.id}/loki-logs`));
  for (const { text } of answers) expect(text).not.toContain(secret);
});
