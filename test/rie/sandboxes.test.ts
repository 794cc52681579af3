import * as z from 'zod';
import { namedStage } from '../stacks/stage';
import { FrameStream } from '../unit/sandbox/support/frame-stream';
import { protocolEvent, type Order } from '../unit/sandbox/support/order';
import { deployedFunction } from './deployed-function';
import { EmulatedFunction } from './emulated-function';

/** Sandboxes as they are deployed, under AWS's own Runtime Interface Emulator instead of ours. */

const SANDBOXES = {
  python: {
    name: 'sandbox-python',
    greeting:
      'import os\ndef handler(event):\n    print("hi", event["who"])\n    return {"tmp": os.environ["TMPDIR"], "key": os.environ.get("AWS_SECRET_ACCESS_KEY")}\n',
    leaving:
      'import subprocess\ndef handler(event):\n    open("/tmp/left", "w").close()\n    subprocess.Popen(["sleep", "600"], start_new_session=True)\n    return "left"\n',
    looking:
      'import os\ndef handler(event):\n    return [os.path.exists("/tmp/left"), any("sleep" in open(f"/proc/{pid}/comm").read() for pid in os.listdir("/proc") if pid.isdigit())]\n',
    failing: 'def handler(event):\n    return {}["who"]\n',
    lent: 'import requests\ndef handler(event, context):\n    return requests.__version__\n',
  },
  node: {
    name: 'sandbox-node',
    greeting:
      'exports.handler = (event) => { console.log("hi", event.who); return { tmp: process.env.TMPDIR, key: process.env.AWS_SECRET_ACCESS_KEY ?? null }; };',
    leaving:
      'exports.handler = () => { require("fs").writeFileSync("/tmp/left", ""); require("child_process").spawn("sleep", ["600"], { detached: true, stdio: "ignore" }).unref(); return "left"; };',
    looking:
      'const fs = require("fs"); exports.handler = () => [fs.existsSync("/tmp/left"), fs.readdirSync("/proc").filter((pid) => /^\\d+$/.test(pid)).some((pid) => fs.readFileSync(`/proc/${pid}/comm`, "utf8").includes("sleep"))];',
    failing: 'exports.handler = () => { throw new TypeError("who"); };',
    lent: 'exports.handler = () => require("axios").VERSION;',
  },
} as const;

const Answered = z.object({ body: z.object({ tmp: z.string(), key: z.string().nullable() }) });

describe.each(['python', 'node'] as const)('the %s sandbox', (language) => {
  const { name, ...codes } = SANDBOXES[language];
  let sandbox: EmulatedFunction;

  beforeAll(async () => {
    sandbox = await EmulatedFunction.start(deployedFunction(namedStage('dev'), name));
  });
  afterAll(() => sandbox.stop());

  async function run(order: Order): Promise<FrameStream> {
    const { status, text } = await sandbox.invoke(protocolEvent(order));
    if (status !== 200) throw new Error(`HTTP ${status}: ${text}\n${sandbox.log}`);
    const frames = new FrameStream();
    frames.push(Buffer.from(text));
    frames.end();
    return frames.ended();
  }

  test('answers a run in frames, its lines and its result among them, and keeps the role to itself', async () => {
    const frames = await run({ code: codes.greeting, convention: 'function', event: { who: 'Bora' } });
    expect(frames.order).toEqual(['ready', 'start', 'log', 'result', 'usage', 'end']);
    expect(frames.only('ready').cold).toBe(true);
    expect(frames.lines('stdout')).toEqual(['hi Bora']);
    const { body } = Answered.parse(frames.value);
    expect(body.tmp).toMatch(/^\/tmp\/narae-/);
    expect(body.key).toBeNull();
  });

  test('tells of a failure of the code', async () => {
    const frames = await run({ code: codes.failing });
    expect(frames.error).toMatchObject({ errorType: 'RUNTIME_ERROR' });
    expect(frames.only('ready').cold).toBe(false);
  });

  test('lends callbacks what they have without asking', async () => {
    const { value } = await run({ code: codes.lent, convention: 'callback' });
    expect(value).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('leaves neither files nor processes of one run to the next', async () => {
    expect((await run({ code: codes.leaving, convention: 'callback' })).value).toBe('left');
    expect((await run({ code: codes.looking, convention: 'callback' })).value).toEqual([false, false]);
  });

  test('ends code that takes too long, and takes the next run', async () => {
    const endless = language === 'python' ? 'while True:\n    pass\n' : 'while (true) {}';
    expect((await run({ code: endless, limits: { timeoutMs: 1_000 } })).error).toMatchObject({ errorType: 'TIMEOUT' });
    expect((await run({ code: codes.greeting, event: { who: 'again' } })).lines()).toEqual(['hi again']);
  });
});
