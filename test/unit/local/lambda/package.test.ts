import { strToU8, zipSync } from 'fflate';
import { PreludeParser, readWholeAnswer, type HttpHead } from '../../../../local/lambda/faces/http-integration';
import { functionName } from '../../../../local/lambda/definition';
import { readZip } from '../../../../local/lambda/unzip';
import { zip } from '../support/lambda-stack';

describe('a deployment package', () => {
  test('is unpacked with the permissions it was packed with, stored and compressed', () => {
    const stored = zipSync({ 'a.txt': [strToU8('stored'), { level: 0 }] });
    const packed = zip({ supervise: '#!/bin/sh\n', 'lib/x.mjs': 'x'.repeat(5_000) });

    expect(readZip(Buffer.from(stored))).toEqual([{ name: 'a.txt', mode: 0o644, content: Buffer.from('stored') }]);
    expect(readZip(Buffer.from(packed)).map(({ name, mode, content }) => [name, mode, content.length])).toEqual([
      ['supervise', 0o755, 10],
      ['lib/x.mjs', 0o644, 5_000],
    ]);
  });

  test('is refused where a name leads out of it, and where it is no zip file', () => {
    expect(() => readZip(Buffer.from(zip({ '../../etc/cron.d/x.txt': '' })))).toThrow(/unsafe name/);
    expect(() => readZip(Buffer.from('PK is not enough'))).toThrow(/not a zip file/);
  });
});

describe('the answer of a streaming function', () => {
  /** Feeds the answer in pieces of this size. */
  async function parse(answer: Buffer, size: number) {
    let head: HttpHead | undefined;
    const parser = new PreludeParser((found) => (head = found));
    const body: Buffer[] = [];
    parser.on('data', (chunk: Buffer) => body.push(chunk));
    const ended = new Promise<string>((resolve) => {
      parser.once('end', () => resolve('end'));
      parser.once('error', (error) => resolve(error.message));
    });
    for (let at = 0; at < answer.length; at += size) parser.write(answer.subarray(at, at + size));
    parser.end();
    return { how: await ended, head, body: Buffer.concat(body).toString() };
  }

  const answer = (prelude: string, body: string) =>
    Buffer.concat([Buffer.from(prelude), Buffer.alloc(8), Buffer.from(body)]);

  test.each([1, 3, 1_000])('is taken apart wherever the network cuts it: pieces of %i bytes', async (size) => {
    const given = answer('{"statusCode":201,"headers":{"X-A":"b"},"cookies":["c=1"]}', 'data: \u0000é\n');

    expect(await parse(given, size)).toEqual({
      how: 'end',
      head: { statusCode: 201, headers: { 'content-type': 'application/octet-stream', 'x-a': 'b' }, cookies: ['c=1'] },
      body: 'data: \u0000é\n',
    });
  });

  test.each([
    ['is not JSON', answer('{oops', 'x'), /not JSON/],
    ['has no end', Buffer.alloc(70_000, 'x'), /no end/],
    ['is cut off', Buffer.from('{"statusCode":200}'), /within its prelude/],
  ])('ends with an error where the prelude %s', async (_, given, message) => {
    expect((await parse(given, 10_000)).how).toMatch(message);
  });

  test('may also be a whole one, of any kind', () => {
    expect(readWholeAnswer('{"statusCode":204}')).toMatchObject({ head: { statusCode: 204 }, body: Buffer.alloc(0) });
    expect(readWholeAnswer('{"statusCode":200,"isBase64Encoded":true,"body":"AP8="}').body).toEqual(
      Buffer.from([0, 255]),
    );
    expect(readWholeAnswer('{"a":1}')).toMatchObject({ head: { statusCode: 200 }, body: Buffer.from('{"a":1}') });
  });
});

test.each([
  ['plain', 'plain'],
  ['plain:live', 'plain'],
  ['arn:aws:lambda:us-east-1:000000000000:function:of-arn', 'of-arn'],
  ['arn:aws:lambda:us-east-1:000000000000:function:of-arn:$LATEST', 'of-arn'],
  ['000000000000:function:partial', 'partial'],
])('a function is meant by %s: %s', (reference, name) => {
  expect(functionName(reference)).toBe(name);
});
