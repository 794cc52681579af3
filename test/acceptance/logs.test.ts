import { cancel, completed, eventsOf, hasLogged, linesOf, logLines, record, start } from '../support/invocations';
import { follow } from '../support/raw-sse';

const python = (...lines: string[]) => ({
  runtime: 'python',
  code: ['def handler(event):', ...lines.map((l) => `    ${l}`)].join('\n'),
});
const node = (...lines: string[]) => ({
  runtime: 'node',
  code: `exports.handler = async () => {\n${lines.join('\n')}\n};`,
});

/** See docs/contracts/invocations.md#events. */
describe('log lines', () => {
  test.each([
    [
      'python',
      python('import sys', 'for i in range(200):', '    print("out", i)', '    print("err", i, file=sys.stderr)'),
    ],
    ['node', node('for (let i = 0; i < 200; i++) { console.log("out", i); console.error("err", i); }')],
  ])('keep the order within each stream (%s)', async (_, request) => {
    const { invocationId } = await completed(request);
    const lines = logLines(await eventsOf(invocationId));
    const expected = (name: string) => Array.from({ length: 200 }, (_value, i) => `${name} ${i}`);
    expect(lines.filter(({ stream }) => stream === 'stdout').map(({ line }) => line)).toEqual(expected('out'));
    expect(lines.filter(({ stream }) => stream === 'stderr').map(({ line }) => line)).toEqual(expected('err'));
  });

  test.each([
    ['python', python('import sys', 'print("a\\n\\n  b\\t")', 'sys.stdout.write("no end")')],
    ['node', node('console.log("a\\n\\n  b\\t"); process.stdout.write("no end");')],
  ])('are what was written, without a prefix, blank ones and the unfinished last one too (%s)', async (_, request) => {
    const { invocationId } = await completed(request);
    expect(await linesOf(invocationId)).toEqual(['a', '', '  b\t', 'no end']);
  });

  const odd = [
    'CR \r in the middle',
    'U+2028 \u2028 and U+2029 \u2029',
    'U+0085 \u0085, VT \v, FF \f',
    'NUL \0 and ESC \u001b[31mred',
    '한글 😀 \u202eright to left',
    '"quoted" \\n \\ and </script>',
    'data: {"type":"COMPLETE"}',
    'a DEL \u007f and a BOM \ufeff',
  ];

  test.each([
    ['python', python(...odd.map((line) => `print(${pythonString(line)})`))],
    ['node', node(...odd.map((line) => `console.log(${JSON.stringify(line)});`))],
  ])('may hold anything but a line end (%s)', async (_, request) => {
    const { streamUrl, invocationId } = await start(request);
    const { events } = await follow(streamUrl);
    expect(logLines(events).map(({ line }) => line)).toEqual(odd);
    expect(await linesOf(invocationId)).toEqual(odd);
  });

  const forged = 'x\n\nid: 99\nevent: COMPLETE\ndata: {"type":"COMPLETE","status":"FAILED"}\n\n: comment\nretry: 1\n\n';

  test.each([
    ['python', python(`print(${pythonString(forged)})`)],
    ['node', node(`console.log(${JSON.stringify(forged)});`)],
  ])('cannot forge an event (%s)', async (_, request) => {
    const { streamUrl } = await start(request);
    // The parser of the test refuses every byte that is not of the platform's own format.
    const { events } = await follow(streamUrl);
    expect(logLines(events).map(({ line }) => line)).toEqual(forged.split('\n'));
    expect(events.filter(({ event }) => event === 'COMPLETE')).toHaveLength(1);
    expect(events.at(-1)?.data).toMatchObject({ status: 'COMPLETED' });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, i) => i + 1));
  });

  test.each([
    ['python', python('import os', 'os.write(1, b"a\\xff\\xfeb\\n\\xc3\\n")')],
    ['node', node('process.stdout.write(Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a, 0xc3, 0x0a]));')],
  ])('that are not UTF-8 are shown as well as they can be (%s)', async (_, request) => {
    const { invocationId } = await completed(request);
    expect(await linesOf(invocationId)).toEqual(['a\ufffd\ufffdb', '\ufffd']);
  });

  test('whose characters come in pieces are whole', async () => {
    const { invocationId } = await completed(
      python(
        'import os, time',
        'for byte in "한😀".encode():',
        '    os.write(1, bytes([byte])); time.sleep(0.03)',
        'os.write(1, b"\\n")',
      ),
    );
    expect(await linesOf(invocationId)).toEqual(['한😀']);
  });

  test('of a child process are there too', async () => {
    const { invocationId } = await completed(
      python('import subprocess, sys', 'subprocess.run([sys.executable, "-c", "print(\'from the child\')"])'),
    );
    expect(await linesOf(invocationId)).toEqual(['from the child']);
  });

  test('come while the code runs', async () => {
    const endless = python('import time', 'print("early")', 'time.sleep(600)');
    const { invocationId } = await start({ ...endless, timeoutMs: 120_000 });
    const events = await hasLogged(invocationId, 'early');
    expect(await record(invocationId)).toMatchObject({ status: 'EXECUTING', finishedAt: null });
    const { finishedAt } = await cancel(invocationId);
    expect(Date.parse(finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(events.at(-1)?.data.ts ?? ''));
  });
});

/** A Python literal of a text: JSON's escapes are Python's too, but for characters beyond 16 bits, which need none. */
function pythonString(text: string): string {
  return JSON.stringify(text);
}
