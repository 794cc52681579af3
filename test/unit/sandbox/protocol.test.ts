import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { listen } from '../../../local/process/listen';
import { SANDBOX_PROTOCOL } from '../../../lambdas/engine/run/versions';
import { LANGUAGES, useEnvironment } from './support/languages';
import { protocolEvent } from './support/order';
import { noneWith } from './support/processes';
import { SandboxEnvironment } from './support/environment';

describe.each(LANGUAGES)('the protocol in %s', (language) => {
  const environment = useEnvironment(language);
  const echo = { python: 'def handler(event):\n    return event', node: 'exports.handler = (event) => event;' }[
    language
  ];
  const good = protocolEvent({ code: echo });
  const limits = good['limits'] as Record<string, unknown>;

  test('tells a new environment from one that has had a run, and the version of the language', async () => {
    const fresh = await SandboxEnvironment.start(language);
    try {
      const [first, second] = [await fresh.run({ code: echo }), await fresh.run({ code: echo })];
      expect(first.only('ready')).toEqual({
        t: 'ready',
        cold: true,
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as unknown,
        protocol: SANDBOX_PROTOCOL,
      });
      expect(second.only('ready').cold).toBe(false);
    } finally {
      await fresh.stop();
    }
  });

  test('tells when user code starts', async () => {
    const before = Date.now();
    const run = await environment().run({ code: echo });
    const { at } = run.only('start');
    expect(at).toBeGreaterThanOrEqual(before - 1);
    expect(at).toBeLessThanOrEqual(Date.now());
  });

  test.each<[string, unknown]>([
    ['no object', [1]],
    ['null', null],
    ['a text', 'x'],
    ['nothing in it', {}],
    ['code that is no Base64', { ...good, codeBase64: 'a b' }],
    ['an entry of no kind', { ...good, entry: { kind: 'other' } }],
    [
      'a module that is a path',
      { ...good, entry: { kind: 'handler', module: '../x', function: 'handler', fallbacks: [] } },
    ],
    ['no function', { ...good, entry: { kind: 'handler', module: 'main' } }],
    ['an unknown convention', { ...good, convention: 'other' }],
    ['no limits', { ...good, limits: undefined }],
    ['a limit that is none', { ...good, limits: { ...limits, memoryMb: '256' } }],
    ['a time of nothing', { ...good, limits: { ...limits, timeoutMs: 0 } }],
    ['a protocol that is newer', { ...good, protocol: SANDBOX_PROTOCOL + 1 }],
    ['a protocol that is none', { ...good, protocol: '1' }],
    ['env that is no text', { ...good, env: { A: 1 } }],
    ['env that can not be set', { ...good, env: { 'A=B': 'x' } }],
    ['a variable without a name', { ...good, env: { '': 'x' } }],
    ['NUL in the name of a variable', { ...good, env: { 'A\0B': 'x' } }],
    ['NUL in the value of a variable', { ...good, env: { A: 'x\0y' } }],
    ['an address that is none', { ...good, event: undefined, eventUrl: 'file:///etc/passwd' }],
  ])('answers an event with %s by an error, and goes on', async (_, event) => {
    const refused = await (await environment().beginRaw(JSON.stringify(event))).ended();
    expect(refused.order).toEqual(['ready', 'error', 'usage', 'end']);
    expect(refused.error.errorType).toBe('PLATFORM_ERROR');
    expect(refused.usage).toEqual({
      t: 'usage',
      durationMs: 0,
      cpuMs: 0,
      maxMemoryBytes: 0,
      exitCode: null,
      signal: null,
    });
    expect((await environment().run({ code: echo, event: 1 })).value).toEqual({ statusCode: 200, body: '1' });
  });

  describe('with addresses', () => {
    let server: Server;
    let origin: string;
    let answers: { status: number; body: string }[];

    beforeEach(async () => {
      server = createServer((_, response) => {
        const { status, body } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500, body: '' };
        response.writeHead(status).end(body);
      });
      origin = `http://127.0.0.1:${await listen(server)}`;
    });
    afterEach(() => {
      server.close();
      server.closeAllConnections();
    });

    test('reads an event of megabytes from its address', async () => {
      const event = { text: 'é"\\'.repeat(1_000_000) };
      answers = [
        { status: 503, body: '' },
        { status: 200, body: JSON.stringify(event) },
      ];
      const code = {
        python: 'def handler(event):\n    return len(event["text"])',
        node: 'exports.handler = (event) => event.text.length;',
      }[language];
      const run = await environment().run({ code, eventUrl: `${origin}/payload?X-Amz-Signature=1` });
      expect(run.value).toEqual({ statusCode: 200, body: '3000000' });
    });

    test('reads standard input from its address', async () => {
      answers = [{ status: 200, body: 'from afar\n' }];
      const code = {
        python: 'import sys\nsys.stdout.write(sys.stdin.read())',
        node: 'process.stdin.pipe(process.stdout);',
      }[language];
      const run = await environment().run({ kind: 'script', code, stdinUrl: `${origin}/stdin` });
      expect(run.only('output').stdout).toBe('from afar\n');
    });

    test.each([
      ['is not there', { status: 404, body: '<Error/>' }],
      ['is no JSON', { status: 200, body: '{"a":' }],
    ])('does not start code whose event %s, and does not tell the address', async (_, answer) => {
      answers = [answer];
      const run = await environment().run({ code: echo, eventUrl: `${origin}/payload?X-Amz-Signature=secret` });
      expect(run.order).toEqual(['ready', 'error', 'usage', 'end']);
      expect(run.error.errorType).toBe('PLATFORM_ERROR');
      expect(JSON.stringify(run.raw)).not.toContain('secret');
    });
  });

  test('ends a run whose caller has left', async () => {
    const mark = `mark-${randomUUID()}`;
    const code = {
      python: `import subprocess\ndef handler(event):\n    subprocess.run(["sh", "-c", "while :; do echo x; sleep 0.01; done; : ${mark}"])`,
      node: `exports.handler = () => { require("child_process").spawnSync("sh", ["-c", "while :; do echo x; sleep 0.01; done; : ${mark}"], { stdio: "inherit" }); };`,
    }[language];
    const fresh = await SandboxEnvironment.start(language);
    try {
      const abandoned = await fresh.begin({ code });
      await abandoned.frame('log');
      fresh.api.hangUp();
      await noneWith(mark);
      // AWS's Node client ends itself; Lambda then makes a new environment.
      if (language === 'node') await fresh.gone();
      else expect((await fresh.run({ code: echo, event: 2 })).value).toEqual({ statusCode: 200, body: '2' });
    } finally {
      await fresh.stop();
    }
  });

  test.each([
    ['that is no JSON', 'nonsense'],
    ['that is no list of texts', '{"a":1}'],
  ])('does not start with a launcher %s', async (_, launcher) => {
    const broken = await SandboxEnvironment.start(language, { environment: { NARAE_CHILD_LAUNCHER: launcher } });
    try {
      await broken.gone();
      expect(broken.log).toContain('NARAE_CHILD_LAUNCHER');
    } finally {
      await broken.stop();
    }
  });

  test('says that code can not be started where the launcher fails, and why in its own log only', async () => {
    const launcher = ['sh', '-c', 'echo no such isolation >&2; exit 9'];
    const broken = await SandboxEnvironment.start(language, { launcher });
    try {
      const run = await broken.run({ code: echo });
      expect(run.error).toMatchObject({
        errorType: 'PLATFORM_ERROR',
        message: 'PlatformError: the code could not be started',
      });
      expect(broken.log).toContain('no such isolation');
      await broken.api.idle();
      expect(broken.scratchFolders()).toEqual([]);
    } finally {
      await broken.stop();
    }
  });
});
