import { readFileSync } from 'node:fs';
import { LANGUAGES, useEnvironment } from './support/languages';

describe.each(LANGUAGES)('logs in %s', (language) => {
  const environment = useEnvironment(language);
  /** Code that writes bytes, given as a Python and a Node expression each. */
  const writing = (...writes: { readonly stream?: 1 | 2; readonly python: string; readonly node: string }[]) => {
    const python = writes.map(({ stream = 1, python: bytes }) => `os.write(${stream}, ${bytes})`).join('\n');
    const node = writes.map(({ stream = 1, node: bytes }) => `fs.writeSync(${stream}, ${bytes});`).join('\n');
    return language === 'python'
      ? `import os\n${python}\ndef handler(event):\n    pass`
      : `const fs = require("fs");\n${node}\nexports.handler = () => {};`;
  };
  const text = (content: string) => ({ python: `${JSON.stringify(content)}.encode()`, node: JSON.stringify(content) });
  const bytes = (...values: number[]) => ({
    python: `bytes([${values.join(',')}])`,
    node: `Buffer.from([${values.join(',')}])`,
  });

  test('splits lines at LF and CR LF, and brings the last one without an end', async () => {
    const run = await environment().run({ code: writing(text('a\nb\r\n\nc\rd\n'), text('end')) });
    expect(run.lines('stdout')).toEqual(['a', 'b', '', 'c\rd', 'end']);
  });

  test('keeps the streams apart and each in order', async () => {
    const code = writing(
      ...[1, 2, 3].flatMap((n) => [text(`out ${n}\n`), { stream: 2 as const, ...text(`err ${n}\n`) }]),
    );
    const run = await environment().run({ code });
    expect(run.lines('stdout')).toEqual(['out 1', 'out 2', 'out 3']);
    expect(run.lines('stderr')).toEqual(['err 1', 'err 2', 'err 3']);
  });

  test('puts a character together that came in two pieces', async () => {
    const run = await environment().run({ code: writing(bytes(0xed), bytes(0x95), bytes(0x9c, 0x0a)) });
    expect(run.lines()).toEqual(['한']);
  });

  test('shows bytes that are no UTF-8 as U+FFFD', async () => {
    const run = await environment().run({ code: writing(bytes(0x61, 0xff, 0x62, 0x0a)) });
    expect(run.lines()).toEqual(['a\ufffdb']);
  });

  test('carries control characters and line separators inside a line', async () => {
    const line = 'data: {"t":"end"}\u0000\u001b[31m\u2028id: 5';
    const run = await environment().run({ code: writing(text(`${line}\n`)) });
    expect(run.lines()).toEqual([line]);
  });

  test('cuts a long line at a character and flags it', async () => {
    const code = writing(text(`short\n${'x'.repeat(9)}한${'y'.repeat(100)}\n${'z'.repeat(10)}\n`));
    const run = await environment().run({ code, limits: { lineBytes: 10 } });
    expect(run.lines()).toEqual(['short', 'xxxxxxxxx', 'zzzzzzzzzz']);
    const cut = run.all('log').flatMap((frame) => frame.cut.map((index) => frame.l[index]));
    expect(cut).toEqual(['xxxxxxxxx']);
  });

  test('holds bytes that grow by U+FFFD within the limit of a line', async () => {
    const run = await environment().run({
      code: writing(bytes(0xff, 0xff, 0xff, 0xff, 0x0a)),
      limits: { lineBytes: 8 },
    });
    expect(run.lines()).toEqual(['\ufffd\ufffd']);
  });

  test('drops what is more than the lines of a run, says so once, and goes on', async () => {
    const code = {
      python: 'def handler(event):\n    for i in range(5000):\n        print(i)\n    return "done"',
      node: 'exports.handler = () => { for (let i = 0; i < 5000; i += 1) console.log(i); return "done"; };',
    };
    const run = await environment().run({ code: code[language], limits: { logLines: 1000 } });
    expect(run.lines()).toEqual(Array.from({ length: 1000 }, (_, index) => String(index)));
    expect(run.all('dropped')).toHaveLength(1);
    expect(run.order.slice(-4)).toEqual(['dropped', 'result', 'usage', 'end']);
  });

  test('drops nothing of what just fits', async () => {
    const code = writing(text('abc\nde\n'));
    const run = await environment().run({ code, limits: { logLines: 2, logBytes: 5 } });
    expect(run.lines()).toEqual(['abc', 'de']);
    expect(run.all('dropped')).toEqual([]);
  });

  test('drops what is more than the bytes of a run', async () => {
    const run = await environment().run({ code: writing(text('abc\nde\nf\n')), limits: { logBytes: 5 } });
    expect(run.lines()).toEqual(['abc', 'de']);
    expect(run.all('dropped')).toHaveLength(1);
  });

  test('takes a gigabyte of output without keeping it', async () => {
    const code = {
      python:
        'import os\ndef handler(event):\n    block = b"x" * (1 << 20) + b"\\n"\n    for _ in range(1000):\n        os.write(1, block)\n    return "done"',
      node: 'const fs = require("fs");\nexports.handler = () => {\n  const block = Buffer.alloc(1 << 20, "x");\n  for (let i = 0; i < 1000; i += 1) fs.writeSync(1, block);\n  return "done";\n};',
    };
    const before = residentKilobytes(environment().process.pid);
    const run = await environment().run({ code: code[language] });
    expect(run.value).toEqual({ statusCode: 200, body: '"done"' });
    // What a memory tier leaves for the supervisor (engine: SUPERVISOR_MB); garbage that waits for V8 counts as well.
    expect(residentKilobytes(environment().process.pid) - before).toBeLessThan(128 * 1024);
  });

  test('sends lines while the code runs', async () => {
    const code = {
      python: 'import time\ndef handler(event):\n    print("first")\n    time.sleep(60)',
      node: 'exports.handler = () => { console.log("first"); return new Promise((r) => setTimeout(r, 60_000)); };',
    };
    const run = await environment().begin({ code: code[language], limits: { timeoutMs: 1500 } });
    await run.frame('log', ({ l }) => l.includes('first'));
    expect(run.all('error')).toEqual([]);
    expect((await run.ended()).error.errorType).toBe('TIMEOUT');
  });

  test('has what was written before the value, however much it is', async () => {
    const code = {
      python:
        'def handler(event):\n    for i in range(9000):\n        print("line", i)\n    print("partial", end="")\n    return 1',
      node: 'exports.handler = () => { for (let i = 0; i < 9000; i += 1) console.log("line", i); process.stdout.write("partial"); return 1; };',
    };
    const run = await environment().run({ code: code[language] });
    expect(run.lines()).toHaveLength(9001);
    expect(run.lines().at(-1)).toBe('partial');
  });
});

function residentKilobytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid ?? 'self'}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
}
