import { escapeHtml as escape, htmlPage, type HtmlPage } from './html';
import { schemaTable, typeOf, type Schema } from './schema-table';

/** Documentation for people, made of the description alone: no script, no asset, nothing from elsewhere. */

type Media = Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;

interface Operation {
  readonly summary: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Media };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Media }>>;
}

interface Description {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const STYLE =
  ':root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}' +
  'code,pre{font-family:ui-monospace,monospace;font-size:.875em}pre{overflow:auto;padding:.75rem}' +
  'pre,table{border:1px solid #8884;border-radius:6px}table{border-spacing:0;width:100%;margin:.75rem 0}' +
  'td{padding:.3rem .75rem;vertical-align:top;overflow-wrap:anywhere}tr+tr td{border-top:1px solid #8882}td:first-child{width:14rem}' +
  'h2{margin-top:2.5rem}h3{margin:2.5rem 0 0;font-size:1.1rem}h3 b{display:inline-block;min-width:4.5rem}' +
  'h4{margin:1rem 0 0;font-size:.9rem;font-weight:600}small{opacity:.7}';

export function docsPage({ info, paths, components }: Description): HtmlPage {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method.toUpperCase(), path, operation as Operation)),
  );
  const schemas = Object.entries(components.schemas).map(([name, schema]) => {
    const { description = '' } = schema as Schema;
    return `<h3 id="schema-${escape(name)}">${escape(name)}</h3><p>${escape(description)}</p>${schemaTable(schema as Schema)}`;
  });
  const body =
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(info.title)} API</title>` +
    `<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><style>${STYLE}</style></head><body>` +
    `<h1>${escape(info.title)} ${escape(info.version)}</h1><p>${escape(info.description)}</p>` +
    `<p><a href="/">Demo</a> · <a href="#schemas">Schemas</a> · <a href="/openapi.json">openapi.json</a></p>` +
    `<h2>Paths</h2>${operations.join('')}<h2 id="schemas">Schemas</h2>${schemas.join('')}</body></html>`;
  return htmlPage(body, { styles: [STYLE] });
}

function section(method: string, path: string, { summary, parameters, requestBody, responses }: Operation): string {
  return (
    `<h3><b>${method}</b> <code>${escape(path)}</code></h3><p>${escape(summary)}</p>` +
    table('Parameters', parameters.map(parameterRow)) +
    Object.values(requestBody?.content ?? {})
      .map(bodyPart)
      .join('') +
    table(
      'Answers',
      Object.entries(responses).map(([status, { description, content }]) => [
        `<code>${status}</code>`,
        escape(description),
        Object.values(content ?? {})
          .map(({ schema }) => (schema ? typeOf(schema) : ''))
          .join(' '),
      ]),
    )
  );
}

const parameterRow = ({ name, in: place, description = '' }: Operation['parameters'][number]): string[] => [
  `<code>${escape(name)}</code>`,
  place,
  escape(description),
];

function bodyPart({ schema, example }: Media[string]): string {
  const shown = example === undefined ? '' : `<pre>${escape(JSON.stringify(example, null, 2))}</pre>`;
  return `<h4>Body: ${schema ? typeOf(schema) : 'anything'}</h4>${shown}`;
}

function table(title: string, rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  return `<h4>${title}</h4><table>${cells.join('')}</table>`;
}
