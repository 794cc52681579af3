import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { packAsset, writeAssets } from '../../../lib/bundle/assets';
import { prefersHtml } from '../../../lambdas/site/accept';
import { RUNTIMES } from '../../../lambdas/platform/runtimes';
import { demoPage } from '../../../lambdas/site/demo-page';
import { assetsIn } from '../../../lambdas/site/assets';
import { redocPage, swaggerPage } from '../../../lambdas/site/docs-pages';

describe('prefersHtml', () => {
  test.each([
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
    ['text/html', true],
    ['TEXT/HTML; charset=utf-8', true],
    ['application/json;q=0.5, text/html', true],
    ['text/html, application/json', true],
    ['application/json, text/html', false],
    ['application/json, text/html;q=0.5', false],
    ['text/html;q=0', false],
    ['text/html;q=lots', false],
    ['*/*', false],
    ['application/json', false],
    ['', false],
    [undefined, false],
  ])('of %j is %s', (accept, expected) => {
    expect(prefersHtml(accept)).toBe(expected);
  });
});

describe('the demo page', () => {
  const file = (name: string) => readFileSync(join(__dirname, '../../../lambdas/site/demo', name), 'utf8');
  const examples = [{ title: '$& </script><b>', runtime: 'python3.13', code: '</script>', payload: {} }];
  const { body, headers } = demoPage({
    html: file('page.html'),
    style: file('page.css'),
    script: file('page.js'),
    runtimes: RUNTIMES,
    examples,
  });
  const contents = (element: string) =>
    [...body.matchAll(new RegExp(`<${element}( [^>]*)?>([^]*?)</${element}>`, 'g'))].map(([, , text]) => text ?? '');
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

  test('allows the script and the style that are in it, and no others', () => {
    const policy = headers['Content-Security-Policy'] ?? '';
    const [, script = ''] = contents('script');
    const [style = ''] = contents('style');
    expect(policy).toContain(`script-src ${hash(script)};`);
    expect(policy).toContain(`style-src ${hash(style)};`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });

  test('offers each runtime by its name, the first chosen', () => {
    const choices = [
      ...body.matchAll(/<input type="radio" name="runtime" value="([^"]+)"[^>]*? data-handler="([^"]+)"( checked)?/g),
    ];
    expect(choices.map(([, name, handler, checked]) => [name, handler, checked !== undefined])).toEqual(
      RUNTIMES.map(({ name, defaultHandler }, index) => [name, defaultHandler, index === 0]),
    );
  });

  test('holds the examples as data that cannot end their element', () => {
    expect(contents('script')).toHaveLength(2);
    expect(JSON.parse(contents('script')[0] ?? '')).toEqual(examples);
  });

  test('loads nothing from anywhere', () => {
    expect(body).not.toMatch(/(src|href)\s*=\s*["']?(https?:)?\/\//i);
    expect(body).not.toMatch(/@import|url\(/);
  });
});

describe('the documentation pages', () => {
  const versions = new Map([
    ['swagger-ui.css', 'a1'],
    ['swagger-ui-bundle.js', 'b2'],
    ['redoc.standalone.js', 'c3'],
  ]);

  test.each([
    ['Swagger UI', swaggerPage(versions), ['/docs/swagger-ui.css?v=a1', '/docs/swagger-ui-bundle.js?v=b2']],
    ['Redoc', redocPage(versions), ['/docs/redoc.standalone.js?v=c3']],
  ])('%s loads files of this installation, by version, and allows no others', (_name, { body, headers }, files) => {
    const loaded = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address ?? '');
    expect(loaded).toEqual(expect.arrayContaining(files));
    expect(loaded.filter((address) => !address.startsWith('/') && address !== 'data:,')).toEqual([]);
    const policy = headers['Content-Security-Policy'] ?? '';
    const [, start = ''] = /<script>([^]*?)<\/script>/.exec(body) ?? [];
    expect(policy).toContain(`script-src 'self' 'sha256-${createHash('sha256').update(start).digest('base64')}'`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|script-src[^;]*unsafe/);
  });
});

describe('assets', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'narae-assets-'));
    writeAssets(folder, [packAsset({ from: 'README.md', instead: { '# Narae': '# Other' } })]);
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));
  const reply = (name: string, headers = {}) => assetsIn(join(folder, 'assets')).reply(name, headers);

  test('are sent gzipped to those who take it, and as they are to others', async () => {
    const packed = await reply('README.md', { 'accept-encoding': 'br, gzip' });
    expect(packed.headers).toMatchObject({ 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' });
    for (const encoding of [undefined, 'br', 'gzip;q=0']) {
      const plain = await reply('README.md', { 'accept-encoding': encoding });
      expect(plain.headers?.['Content-Encoding']).toBeUndefined();
      expect(plain.bytes?.toString()).toMatch(/^# Other\n/);
      expect(gunzipSync(packed.bytes ?? '')).toEqual(plain.bytes);
    }
  });

  test('are kept for ever under their version, and confirmed by their tag', async () => {
    const { headers } = await reply('README.md');
    expect(headers?.['Cache-Control']).toContain('immutable');
    expect(await reply('README.md', { 'if-none-match': headers?.['ETag'] })).toMatchObject({ status: 304 });
    expect(headers?.['ETag']).toContain((await assetsIn(join(folder, 'assets')).versions()).get('README.md'));
  });

  test.each(['nothing.js', '../index.js', 'README.md.gz', '..%2findex.js', '__proto__', ''])(
    'has no %j',
    async (name) => {
      await expect(reply(name)).rejects.toMatchObject({ code: 'ROUTE_NOT_FOUND' });
    },
  );

  test('cannot be packed without what they are to be, or what was to be replaced', () => {
    expect(() => packAsset({ from: 'no/such.js' })).toThrow('no/such.js is missing');
    expect(() => packAsset({ from: 'README.md', instead: { '@@@': '' } })).toThrow('@@@');
  });
});
