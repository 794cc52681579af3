/** What is run: the smallest thing with an event, a log line and a result. */

export type Language = 'python' | 'node';

const HELLO: Readonly<Record<Language, string>> = {
  python: "def handler(event):\n    print('hello', event['name'])\n    return {'hello': event['name']}\n",
  node: "exports.handler = (event) => {\n  console.log('hello', event.name);\n  return { hello: event.name };\n};\n",
};

export const hello = (language: Language, more: object = {}): object => ({
  code: HELLO[language],
  runtime: language,
  payload: { name: 'bench' },
  timeoutMs: 20_000,
  ...more,
});

/** The same work in a bare interpreter: parse, import, call, print. */
export const BARE: Readonly<Record<Language, string>> = {
  python: `${HELLO.python}import json\nprint(json.dumps(handler(json.loads('{"name":"bench"}'))))\n`,
  node: `${HELLO.node}console.log(JSON.stringify(exports.handler(JSON.parse('{"name":"bench"}'))));\n`,
};

/** Prints its clock (epoch milliseconds) so many times, with a pause between. */
export const ticker = (language: Language, lines: number, pauseMs: number): object => ({
  runtime: language,
  timeoutMs: 60_000,
  code:
    language === 'python'
      ? `import time\ndef handler(event):\n    for _ in range(${lines}):\n        print(time.time() * 1000, flush=True)\n        time.sleep(${pauseMs / 1000})\n`
      : `exports.handler = async () => {\n  for (let n = 0; n < ${lines}; n += 1) {\n    console.log(performance.timeOrigin + performance.now());\n    await new Promise((r) => setTimeout(r, ${pauseMs}));\n  }\n};\n`,
});

/** Prints so many short lines at once. */
export const printer = (lines: number): object => ({
  runtime: 'python',
  timeoutMs: 60_000,
  code: `def handler(event):\n    for n in range(${lines}):\n        print('line', n)\n`,
});

/** Prints so many lines, spread evenly over a second. */
export const linesOverTime = (lines: number): object => ({
  runtime: 'python',
  timeoutMs: 60_000,
  code: `import time\ndef handler(event):\n    began = time.monotonic()\n    for n in range(${lines}):\n        print('line', n, flush=True)\n        time.sleep(max(0, began + (n + 1) / ${lines} - time.monotonic()))\n`,
});
