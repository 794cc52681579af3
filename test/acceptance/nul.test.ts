import * as z from 'zod';
import { get, post, read, send } from '../support/api';

/** Tools that end a text at NUL would read another name than we do: no name takes one, in any API. */

const PYTHON = 'def handler(event):\n    return 1\n';
const FUNCTIONS = '/api/workspaces/ws-default/functions';
const FUNCTION = { name: 'nul', runtime: 'python', code: Buffer.from(PYTHON).toString('base64') };
const INVOCATION = { runtime: 'python', code: PYTHON };
const CALLBACK = { path: 'nul', method: 'GET', type: 'python', code: PYTHON };
const UPLOAD = { language: 'python', code: PYTHON };

const Refusal = z.object({ error: z.object({ code: z.string(), message: z.string(), requestId: z.string() }) });

const NUL = 'a\0b';

const BODIES: readonly (readonly [string, string, object])[] = [
  ['a runtime', '/invocations', { ...INVOCATION, runtime: 'python\0' }],
  ['a handler', '/invocations', { ...INVOCATION, handler: `main.${NUL}` }],
  ['a name of a variable', '/invocations', { ...INVOCATION, env: { [NUL]: '1' } }],
  ['a value of a variable', '/invocations', { ...INVOCATION, env: { A: NUL } }],
  ['a name', '/api/workspaces', { name: NUL }],
  ['a description', '/api/workspaces', { name: 'nul', description: NUL }],
  ['a name', FUNCTIONS, { ...FUNCTION, name: NUL }],
  ['a name that is nothing else', FUNCTIONS, { ...FUNCTION, name: '\0' }],
  ['a description', FUNCTIONS, { ...FUNCTION, description: NUL }],
  ['a runtime', FUNCTIONS, { ...FUNCTION, runtime: 'Python\0 3.12' }],
  ['a method', FUNCTIONS, { ...FUNCTION, httpMethods: ['GET\0'] }],
  ['a name of a variable', FUNCTIONS, { ...FUNCTION, environmentVariables: { [NUL]: '1' } }],
  ['a value of a variable', FUNCTIONS, { ...FUNCTION, environmentVariables: { A: NUL } }],
  ['a path', '/callbacks/', { ...CALLBACK, path: NUL }],
  ['a method', '/callbacks/', { ...CALLBACK, method: 'GET\0' }],
  ['a type', '/callbacks/', { ...CALLBACK, type: 'python\0' }],
  ['a name of a variable', '/callbacks/', { ...CALLBACK, env: { [NUL]: '1' } }],
  ['a value of a variable', '/callbacks/', { ...CALLBACK, env: { A: NUL } }],
  ['a requirement', '/callbacks/', { ...CALLBACK, library: 'requests\0==2.28.0' }],
  ['a marker of a requirement', '/callbacks/', { ...CALLBACK, library: 'requests==2.28.0; python_version > "\0"' }],
  ['a dependency', '/callbacks/', { ...CALLBACK, type: 'node', library: '{"dependencies":{"axios\\u0000":"1.7.0"}}' }],
  ['a version', '/callbacks/', { ...CALLBACK, type: 'node', library: '{"dependencies":{"axios":"1.7.0\\u0000"}}' }],
  ['a title', '/chatroom/', { title: NUL }],
  ['a language', '/api/upload', { ...UPLOAD, language: 'python\0' }],
  ['a project', '/api/upload', { ...UPLOAD, project: NUL }],
  ['a function name', '/api/upload', { ...UPLOAD, function_name: NUL }],
  ['a description', '/api/upload', { ...UPLOAD, description: NUL }],
  ['a project', '/api/project', { project_name: NUL }],
  ['a description', '/api/project', { project_name: 'nul', description: NUL }],
];

test.each(BODIES)('%s with NUL is refused by POST %s', async (_, path, body) => {
  const { error } = read(await post(path, body), 400, Refusal);
  expect(error.code).toMatch(/^(VALIDATION_ERROR|UNSUPPORTED_RUNTIME)$/);
});

test('a batch refuses the item alone', async () => {
  const answer = await post('/invocations/batch', {
    invocations: [INVOCATION, { ...INVOCATION, env: { A: NUL } }],
  });
  expect(read(answer, 202, z.object({ accepted: z.int(), rejected: z.int() }))).toEqual({ accepted: 1, rejected: 1 });
});

test('a project in a query is a name as well', async () => {
  const answers = await Promise.all([
    send('POST', '/api/project?project_name=a%00b'),
    send('POST', '/api/project?project_name=nul&description=a%00b'),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([400, 400]);
});

test('changes are looked at as what is new is', async () => {
  const { id } = read(await post(FUNCTIONS, FUNCTION), 201, z.object({ id: z.string() }));
  const changes = [
    { name: NUL },
    { description: NUL },
    { invocationUrl: 'http://127.0.0.1/\0' },
    { status: 'active\0' },
    { environmentVariables: { A: NUL } },
  ];
  const answers = await Promise.all(changes.map((change) => send('PATCH', `${FUNCTIONS}/${id}`, { json: change })));
  expect(answers.map(({ status }) => status)).toEqual(changes.map(() => 400));
  expect((await send('DELETE', `${FUNCTIONS}/${id}`)).status).toBe(204);
});

test('an id or a cursor with NUL names nothing, and is no fault of ours', async () => {
  const paths = [
    '/invocations/inv-%00',
    '/invocations?cursor=%00',
    '/stream/invocations/%00',
    `${FUNCTIONS}/fn-%00`,
    '/api/workspaces/ws-%00/functions',
    '/callbacks/%00',
    '/chatroom/%00',
    '/api/status/%00',
    '/api/jobs?cursor=%00',
    '/api/log?log_key=%00',
    '/api/cloudwatch/%00',
    '/api/nul%00',
  ];
  const answers = await Promise.all(paths.map(async (path) => [path, (await get(path)).status] as const));
  expect(answers.filter(([, status]) => status !== 400 && status !== 404)).toEqual([]);
  expect(read(await get('/invocations?batchId=%00'), 200, z.object({ items: z.array(z.never()) })).items).toEqual([]);
  expect(read(await get('/api/projects/%00/jobs'), 200, z.array(z.never()))).toEqual([]);
});
