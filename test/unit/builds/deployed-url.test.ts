import { randomUUID } from 'node:crypto';
import { signatureOf } from '../../../lambdas/platform/outbound/sign';
import { startLambdaStack, type LambdaStack } from '../local/support/lambda-stack';
import { describeIsolated } from '../sandbox/support/bubblewrap';
import { CALLER, DeployedApps, postTo, signedCall } from './deployed-apps';

describeIsolated('the address of a deployed app', (isolation) => {
  const name = `app${randomUUID().slice(0, 8)}`;
  const environment = { RATE: '3' };
  let stack: LambdaStack;
  let apps: DeployedApps;
  let url: URL;

  beforeAll(async () => {
    stack = await startLambdaStack({ environment: (task) => ({ ...isolation().environment(task) }) });
    apps = await DeployedApps.on(stack);
    const code = 'import os\ndef handler(event):\n    return {"times": event["n"] * int(os.environ["RATE"])}';
    url = await apps.deploy(name, { code, environment });
  });
  afterAll(() => stack.stop());

  test('is on this machine, and answers whom it knows', async () => {
    expect(url.hostname).toBe('127.0.0.1');
    expect(await signedCall(url, '{"n":4}')).toEqual({ status: 200, body: { times: 12 } });
  });

  test('answers nobody else', async () => {
    const forbidden = { status: 403, body: { Message: 'Forbidden' } };
    const headers = await signatureOf(url, '{"n":4}', CALLER, Date.now());
    expect(await postTo(url, '{"n":4}', {})).toEqual(forbidden);
    expect(await postTo(url, '{"n":5}', headers)).toEqual(forbidden);
    expect(await postTo(new URL('other', url), '{"n":4}', headers)).toEqual(forbidden);
    expect(await signedCall(url, '{"n":4}', { ...CALLER, secretAccessKey: 'guessed' })).toEqual(forbidden);
    expect(await signedCall(url, '{"n":4}', { ...CALLER, accessKeyId: 'stranger' })).toEqual(forbidden);
    expect(await signedCall(url, '{"n":4}', { ...CALLER, region: 'eu-west-1' })).toEqual(forbidden);
    expect(await signedCall(url, '{"n":4}', CALLER, Date.now() - 600_000)).toEqual(forbidden);
  });

  test('leads to the new code once that is deployed, and stays the same', async () => {
    const again = await apps.deploy(name, { code: 'def handler(event):\n    return "second"', environment });
    expect(again.href).toBe(url.href);
    expect(await signedCall(url, '{}')).toEqual({ status: 200, body: 'second' });
  });
});
