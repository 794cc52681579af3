import { get, post, read, refusal } from '../support/api';
import { BatchAccepted, RuntimeList } from '../support/shapes';

const HANDLERS = {
  'python3.13': 'def handler(event):\n    return 1\n',
  nodejs24: 'exports.handler = () => 1;\n',
};

/** What each spelling is made of, in batches: a request per spelling would only be slower. */
async function resolved(spellings: readonly string[], code: string): Promise<Record<string, unknown>> {
  const answer = await post('/invocations/batch', {
    invocations: spellings.map((runtime) => ({ code, runtime })),
  });
  const { items } = read(answer, 202, BatchAccepted);
  return Object.fromEntries(
    items.map((item, i) => [spellings[i] ?? '', 'error' in item ? item.error : [item.runtime, item.requestedRuntime]]),
  );
}

const expected = (spellings: readonly string[], runtime: string) =>
  Object.fromEntries(spellings.map((spelling) => [spelling, [runtime, spelling]]));

/** See docs/contracts/invocations.md#runtime-aliases. */
describe('runtime aliases', () => {
  test.each([
    [
      [
        'py',
        'python',
        'python3',
        'py3',
        'Python',
        'PYTHON',
        ' python ',
        'python 3',
        'python-3',
        'python_3',
        'python3.x',
      ],
    ],
    [['python3.0', 'python3.7', 'python3.8', 'python3.9', 'python3.10', 'python3.11', 'python3.12', 'python3.13']],
    [['python3.14', 'py3.9', 'Python 3.12', 'python_3.11', 'PY-3.10', 'p y t h o n', 'python3.X']],
  ])('%j are python3.13', async (spellings) => {
    expect(await resolved(spellings, HANDLERS['python3.13'])).toEqual(expected(spellings, 'python3.13'));
  });

  test.each([
    [['node', 'nodejs', 'node.js', 'js', 'javascript', 'Node', 'NodeJS', 'Node.js', 'JavaScript', ' JS ', 'node js']],
    [
      [
        'nodejs10',
        'nodejs12',
        'nodejs14',
        'nodejs16',
        'nodejs18',
        'nodejs20',
        'nodejs22',
        'nodejs24',
        'node11',
        'js24',
      ],
    ],
    [['nodejs20.x', 'nodejs18.19', 'Node.js 20', 'node.js22.x', 'node_22', 'node-24.1', 'javascript16', 'Node 20.X']],
  ])('%j are nodejs24', async (spellings) => {
    expect(await resolved(spellings, HANDLERS.nodejs24)).toEqual(expected(spellings, 'nodejs24'));
  });

  test('all else is refused by name', async () => {
    const unknown = [
      ...[
        'java21',
        'python2.7',
        'python2',
        'python4',
        'python3.15',
        'python3.99',
        'python3.',
        'pythonx',
        'py2',
        'cpython',
      ],
      ...['node9', 'node8.10', 'node25', 'nodejs26.x', 'nodejs100', 'deno', 'bun', 'typescript', 'ts', 'jsx'],
      ...['go1.x', 'ruby3.2', 'dotnet8', 'provided.al2023', '3.13', 'python3.13;rm', 'python\u0000'],
    ];
    const answer = await post('/invocations/batch', {
      invocations: unknown.map((runtime) => ({ code: 'x', runtime })),
    });
    const { details } = refusal(answer, 400, 'VALIDATION_ERROR');
    const items = details?.['items'] as readonly { error: { code: string; details: { requested: string } } }[];
    expect(items.map(({ error }) => [error.code, error.details.requested])).toEqual(
      unknown.map((spelling) => ['UNSUPPORTED_RUNTIME', spelling]),
    );
  });

  test('every alias that GET /runtimes shows is taken', async () => {
    const { runtimes } = read(await get('/runtimes'), 200, RuntimeList);
    for (const { name, aliases } of runtimes) {
      const code = name === 'nodejs24' ? HANDLERS.nodejs24 : HANDLERS['python3.13'];
      const spellings = [name, ...aliases];
      expect(await resolved(spellings, code)).toEqual(expected(spellings, name));
    }
  });
});
