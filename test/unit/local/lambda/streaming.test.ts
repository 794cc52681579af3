import { InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda';
import { waitFor } from '../../../support/wait';
import { handler, startLambdaStack, type LambdaStack } from '../support/lambda-stack';

let stack: LambdaStack;

beforeAll(async () => {
  stack = await startLambdaStack();
});

afterAll(() => stack.stop());

/** Writes `one`, waits for a look at S3 to find the object `go`, then writes `two`. */
const HALTING = `import { S3Client, HeadObjectCommand, CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
  const s3 = new S3Client({});
  export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
    const Bucket = context.functionName;
    stream.write('one');
    for (;;) {
      try { await s3.send(new HeadObjectCommand({ Bucket, Key: 'go' })); break; }
      catch { await new Promise((resolve) => setTimeout(resolve, 20)); }
    }
    stream.write('two');
    stream.end();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'done', Body: 'x' }));
  });`;

const bucket = (name: string) => fetch(`${stack.awsEndpoint}/${name}`, { method: 'PUT' });
const go = (name: string) => fetch(`${stack.awsEndpoint}/${name}/go`, { method: 'PUT', body: 'x' });

async function open(name: string) {
  const answer = await stack.client.send(new InvokeWithResponseStreamCommand({ FunctionName: name, Payload: '{}' }));
  if (!answer.EventStream) throw new Error('no stream');
  return answer.EventStream;
}

async function collect(name: string) {
  let text = '';
  let end: { ErrorCode?: string | undefined; ErrorDetails?: string | undefined } | undefined;
  for await (const event of await open(name)) {
    if (event.PayloadChunk) text += Buffer.from(event.PayloadChunk.Payload ?? []).toString('utf8');
    if (event.InvokeComplete) end = event.InvokeComplete;
  }
  return { text, end };
}

describe('InvokeWithResponseStream', () => {
  test('passes each piece on while the function still runs', async () => {
    const name = await stack.deploy(handler(HALTING), { Timeout: 30 });
    await bucket(name);

    const pieces: string[] = [];
    for await (const event of await open(name)) {
      if (event.PayloadChunk) {
        pieces.push(Buffer.from(event.PayloadChunk.Payload ?? []).toString('utf8'));
        if (pieces.length === 1) await go(name);
      }
    }
    expect(pieces).toEqual(['one', 'two']);
  });

  test('tells a failure after the pieces that came before it', async () => {
    const name = await stack.deploy(
      handler(`export const handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.write('half');
        throw new RangeError('enough');
      });`),
    );

    const { text, end } = await collect(name);
    expect(text).toBe('half');
    expect(end?.ErrorCode).toBe('RangeError');
    expect(JSON.parse(end?.ErrorDetails ?? '')).toMatchObject({ errorMessage: 'enough' });
  });

  test('tells a time-out and an exit in the middle', async () => {
    const hanging = await stack.deploy(
      handler(
        "export const handler = awslambda.streamifyResponse((e, s) => { s.write('a'); return new Promise(() => setInterval(() => {}, 1000)); });",
      ),
      { Timeout: 1 },
    );
    const exiting = await stack.deploy(
      handler(
        "export const handler = awslambda.streamifyResponse(async (e, s) => { await new Promise((r) => s.write('b', r)); process.exit(4); });",
      ),
    );

    expect(await collect(hanging)).toMatchObject({ text: 'a', end: { ErrorCode: 'Sandbox.Timedout' } });
    expect(await collect(exiting)).toMatchObject({ text: 'b', end: { ErrorCode: 'Runtime.ExitError' } });
  });

  test('gives the whole answer of a function that does not stream', async () => {
    const name = await stack.deploy(handler('export const handler = async () => ({ a: 1 });'));

    const { text, end } = await collect(name);
    expect(text).toBe('{"a":1}');
    expect(end?.ErrorCode).toBeUndefined();
  });
});

describe('a function URL', () => {
  test('sends status, headers and cookies of the prelude, then each piece as it comes', async () => {
    const name = await stack.deploy(
      handler(
        HALTING.replace(
          "stream.write('one')",
          `stream = awslambda.HttpResponseStream.from(stream, {
        statusCode: 201, headers: { 'Content-Type': 'text/event-stream', 'X-Of': 'mine' }, cookies: ['a=1', 'b=2'] });
        stream.write('one')`,
        ),
      ),
      { Timeout: 30 },
    );
    await bucket(name);

    const answer = await fetch(`${await stack.url(name)}/x`);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-of')).toBe('mine');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    const pieces: string[] = [];
    for await (const piece of answer.body ?? []) {
      pieces.push(Buffer.from(piece).toString('utf8'));
      if (pieces.length === 1) await go(name);
    }
    expect(pieces).toEqual(['one', 'two']);
  });

  test('lets a function run on when the client leaves', async () => {
    const name = await stack.deploy(handler(HALTING), { Timeout: 30 });
    await bucket(name);
    const leaving = new AbortController();
    const answer = await fetch(await stack.url(name), { signal: leaving.signal });
    await answer.body?.getReader().read();

    leaving.abort();
    await go(name);

    await waitFor('the function to reach its end', async () => {
      const done = await fetch(`${stack.awsEndpoint}/${name}/done`);
      return done.ok ? true : undefined;
    });
  });

  test('gives the function the request in payload format 2.0', async () => {
    const name = await stack.deploy(
      handler(`export const handler = awslambda.streamifyResponse(async (event, stream) => {
        stream = awslambda.HttpResponseStream.from(stream, { statusCode: 200, headers: { 'content-type': 'application/json' } });
        stream.write(JSON.stringify(event));
        stream.end();
      });`),
    );

    const headers = { 'Content-Type': 'application/octet-stream', Cookie: 'a=1; b=2', 'X-Forwarded-For': '10.1.2.3' };
    const address = `${await stack.url(name)}/stream/a%20b?x=1&x=2&y=%26`;
    const answer = await fetch(address, { method: 'POST', headers, body: Buffer.from([0, 255]) });
    expect(await answer.json()).toMatchObject({
      version: '2.0',
      rawPath: '/stream/a%20b',
      rawQueryString: 'x=1&x=2&y=%26',
      queryStringParameters: { x: '1,2', y: '&' },
      cookies: ['a=1', 'b=2'],
      requestContext: { http: { method: 'POST', path: '/stream/a b', sourceIp: '10.1.2.3' } },
      body: 'AP8=',
      isBase64Encoded: true,
    });
  });

  test('answers 502 for a function that fails before its answer begins, and cuts the connection afterwards', async () => {
    const early = await stack.deploy(
      handler("export const handler = awslambda.streamifyResponse(async () => { throw new Error('x'); });"),
    );
    const late = await stack.deploy(
      handler(`export const handler = awslambda.streamifyResponse(async (event, stream) => {
        stream = awslambda.HttpResponseStream.from(stream, { statusCode: 200 });
        await new Promise((resolve) => stream.write('half', resolve));
        process.exit(1);
      });`),
    );

    expect((await fetch(await stack.url(early))).status).toBe(502);
    const cut = await fetch(await stack.url(late));
    expect(cut.status).toBe(200);
    await expect(cut.text()).rejects.toThrow();
  });

  test('is not there for a function that has none', async () => {
    const name = await stack.deploy(handler('export const handler = async () => 1;'));

    expect((await fetch(`${stack.service.endpoint}/url/${name}/`)).status).toBe(404);
  });
});
