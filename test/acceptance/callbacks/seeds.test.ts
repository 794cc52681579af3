import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { read } from '../../support/api';
import { call, Callback, change, deploy, readCallback, redeployed, register } from '../../support/callbacks';
import { BOOTSTRAP, REPOSITORY, systemEnvironment } from '../../support/system';

/** The seeding command (docs/contracts/callbacks.md#seeding); it works on a system of this machine. */
const stateDir = process.env['NARAE_TEST_STATE_DIR'];
const describeWithState = stateDir === undefined ? describe.skip : describe;
const COMMAND_DEADLINE_MS = 60_000;

async function seed(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [BOOTSTRAP, 'seed'], {
    cwd: REPOSITORY,
    env: systemEnvironment(stateDir ?? ''),
    timeout: COMMAND_DEADLINE_MS,
  });
  return stdout;
}

describeWithState('npm run seed', () => {
  test('writes two callbacks, restores them when it is run again, and ids go on after them', async () => {
    expect(await seed()).toMatch(/1001\s+GET \/api\/hello[\s\S]*1002\s+GET \/api\/world/);
    expect(await readCallback(1001)).toMatchObject({ path: 'hello', method: 'GET', type: 'python', status: 'pending' });
    expect(await readCallback(1002)).toMatchObject({ path: 'world', method: 'GET', type: 'node', status: 'pending' });
    for (const id of [1001, 1002]) expect((await redeployed(id)).live).toBe(true);

    expect(await call('GET', '/api/hello?message=bom')).toMatchObject({
      text: '{"lambdaStatusCode":200,"body":{"statusCode":200,"body":"{\\"reply\\": \\"bom\\"}"}}',
    });
    const greeting = (await call('GET', '/api/hello')).body as { readonly body: string };
    expect((JSON.parse(greeting.body) as { reply: string }).reply.length).toBeGreaterThan(0);
    expect((await call('GET', '/api/world?a=1')).body).toMatchObject({
      msg: expect.stringMatching(/./) as unknown,
      event: { a: '1', httpMethod: 'GET', path: 'world' },
    });

    read(await change(1001, { code: 'changed = 1\n', env: { A: 'b' } }), 200, Callback);
    await seed();
    const restored = await readCallback(1001);
    expect(restored).toMatchObject({ status: 'pending', live: false, env: null });
    expect(restored.code).toContain('lambda_handler');
    expect((await register()).callback_id).toBeGreaterThan(1002);
    read(await deploy(1001, false), 200, Callback);
  });
});
