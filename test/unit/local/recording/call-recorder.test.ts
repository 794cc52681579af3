import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { listen } from '../../../../local/process/listen';
import { CallRecorder } from '../../../../local/recording/call-recorder';

describe('a recorder of calls', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'narae-recorder-'));
  let aws: Server;
  let recorder: CallRecorder;
  let file: string;

  beforeAll(async () => {
    aws = createServer((request, response) => {
      void buffer(request).then((body) => {
        if (request.url === '/cut') response.destroy();
        else response.writeHead(request.method === 'PUT' ? 200 : 404, { 'x-said': 'aws' }).end(body);
      });
    });
    await listen(aws);
  });
  afterAll(() => {
    aws.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    const address = aws.address();
    const target = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    file = path.join(folder, `${expect.getState().currentTestName ?? ''}.jsonl`);
    recorder = await CallRecorder.start({ file, target });
  });
  afterEach(() => recorder.stop());

  const signedBy = (key: string, service: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=${key}/20261126/us-east-1/${service}/aws4_request, Signature=secret-proof`,
  });
  const send = (url: string, init: RequestInit = {}) =>
    fetch(recorder.endpoint + url, { method: 'POST', ...init, signal: AbortSignal.timeout(10_000) });
  const recorded = async (): Promise<unknown[]> => {
    await recorder.stop();
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line): unknown => JSON.parse(line));
  };

  test('hands requests and answers on, and notes who asked for what', async () => {
    const headers = { ...signedBy('function.a', 'dynamodb'), 'x-amz-target': 'DynamoDB_20120810.GetItem' };
    const answer = await send('/', { headers, body: '{"TableName":"t"}' });
    expect([answer.status, answer.headers.get('x-said'), await answer.text()]).toEqual([
      404,
      'aws',
      '{"TableName":"t"}',
    ]);
    expect(await recorded()).toEqual([
      expect.objectContaining({
        caller: 'a',
        presigned: false,
        service: 'dynamodb',
        region: 'us-east-1',
        url: '/',
        status: 404,
        body: Buffer.from('{"TableName":"t"}').toString('base64'),
      }),
    ]);
  });

  test('notes neither what proves who asks nor what is kept in objects', async () => {
    await send('/blobs/code/a', { method: 'PUT', headers: signedBy('function.a', 's3'), body: 'somebody’s source' });
    expect(await recorded()).toEqual([expect.objectContaining({ caller: 'a', method: 'PUT', service: 's3' })]);
    expect(readFileSync(file, 'utf8')).not.toMatch(/secret-proof|authorization|body/);
  });

  test('knows who signed an address, whoever uses it', async () => {
    await send('/blobs/a?X-Amz-Credential=function.b%2F20261126%2Fus-east-1%2Fs3%2Faws4_request', { method: 'PUT' });
    expect(await recorded()).toEqual([expect.objectContaining({ caller: 'b', presigned: true })]);
  });

  test('leaves out the local stack itself, and not what nobody signed', async () => {
    await send('/', { headers: signedBy('test', 's3') });
    await send('/unsigned');
    expect(await recorded()).toEqual([expect.objectContaining({ caller: '', url: '/unsigned' })]);
  });

  test('breaks where AWS breaks', async () => {
    await expect(send('/cut', { headers: signedBy('function.a', 's3') })).rejects.toThrow();
  });
});
