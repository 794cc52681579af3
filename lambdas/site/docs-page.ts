/** Documentation for people, made of the description alone: no script, no asset, nothing from elsewhere. */

interface Operation {
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly description?: string }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

interface Description {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}' +
  'code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{overflow:auto;padding:.75rem;border:1px solid #8884;border-radius:6px}' +
  'h2{margin-top:2rem;font-size:1.1rem}b{display:inline-block;min-width:4.5rem}td{padding:.15rem 1rem .15rem 0;vertical-align:top}';

export function docsPage({ info, paths }: Description): string {
  const sections = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method.toUpperCase(), path, operation as Operation)),
  );
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(info.title)} API</title>` +
    `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>` +
    `<h1>${escape(info.title)} ${escape(info.version)}</h1><p>${escape(info.description)}</p>` +
    `<p><a href="/openapi.json">openapi.json</a></p>${sections.join('')}</body></html>`
  );
}

function section(method: string, path: string, operation: Operation): string {
  const parameters = operation.parameters.map(
    ({ name, in: place, description }) =>
      `<tr><td><code>${escape(name)}</code></td><td>${place}</td><td>${escape(description ?? '')}</td></tr>`,
  );
  const answers = Object.entries(operation.responses).map(
    ([status, { description }]) => `<tr><td><code>${status}</code></td><td>${escape(description)}</td></tr>`,
  );
  const body =
    operation.requestBody === undefined ? '' : `<pre>${escape(JSON.stringify(operation.requestBody, null, 2))}</pre>`;
  return (
    `<h2><b>${method}</b> <code>${escape(path)}</code></h2><p>${escape(operation.summary)}</p>` +
    `<table>${parameters.join('')}</table>${body}<table>${answers.join('')}</table>`
  );
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
