import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prefersHtml } from '../../../lambdas/site/accept';
import { demoPage } from '../../../lambdas/site/demo-page';
import { docsPage } from '../../../lambdas/site/docs-page';

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

  test('holds the examples as data that cannot end their element', () => {
    expect(contents('script')).toHaveLength(2);
    expect(JSON.parse(contents('script')[0] ?? '')).toEqual(examples);
  });

  test('loads nothing from anywhere', () => {
    expect(body).not.toMatch(/(src|href)\s*=\s*["']?(https?:)?\/\//i);
    expect(body).not.toMatch(/@import|url\(/);
  });
});

describe('the documentation page', () => {
  const schema = (type: string) => ({
    type: 'object',
    required: ['a'],
    properties: { a: { type, description: '<b>' } },
  });
  const { body } = docsPage({
    info: { title: 'T & T', version: '1', description: '<script>' },
    paths: {
      '/x/{id}': {
        post: {
          summary: 'Do <it>',
          parameters: [{ name: 'id', in: 'path', schema: { type: 'string' } }],
          requestBody: {
            content: { 'application/json': { schema: { $ref: '#/components/schemas/X' }, example: '<i>' } },
          },
          responses: { 200: { description: 'Fine', content: { 'application/json': { schema: { type: 'string' } } } } },
        },
      },
    },
    components: { schemas: { X: schema('string') } },
  });

  test('shows each path with its parameters, body and answers', () => {
    expect(body).toContain('<b>POST</b> <code>/x/{id}</code>');
    expect(body).toContain('<a href="#schema-X">X</a>');
    expect(body).toContain('id="schema-X"');
    expect(body).toContain('<td>Fine</td>');
  });

  test('shows text as text', () => {
    expect(body).toContain('T &amp; T');
    for (const tag of ['<script>', '<it>', '<i>', '<td><b>']) expect(body).not.toContain(tag);
  });
});
