import { escapeHtml as escape, hashes, htmlPage, type HtmlPage } from './html';

/**
 * The API's description as people read it. Scripts and styles come from this installation; nothing is loaded from
 * elsewhere (docs/contracts/common.md#shared-paths-public-no-credentials).
 */

type Versions = ReadonlyMap<string, string>;

/** No validator: it would be somebody else's server. Try it out speaks to this origin. */
const START_SWAGGER =
  "SwaggerUIBundle({url:'/openapi.json',dom_id:'#docs',deepLinking:true,validatorUrl:null,defaultModelsExpandDepth:0," +
  "docExpansion:'list',tryItOutEnabled:true})";
const START_REDOC = "Redoc.init('/openapi.json',{hideHostname:true},document.getElementById('docs'))";

const STYLE = 'body{margin:0}';

/** Both make style elements at run time, and icons of data; Redoc searches in a worker. */
const policyFor = (start: string): Readonly<Record<string, string>> => ({
  'script-src': `'self' ${hashes([start])}`,
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self' data:",
  'worker-src': 'blob:',
});

export const swaggerPage = (versions: Versions): HtmlPage =>
  page({
    title: 'Narae API',
    style: addressOf('swagger-ui.css', versions),
    script: addressOf('swagger-ui-bundle.js', versions),
    start: START_SWAGGER,
  });

export const redocPage = (versions: Versions): HtmlPage =>
  page({ title: 'Narae API', script: addressOf('redoc.standalone.js', versions), start: START_REDOC });

const addressOf = (file: string, versions: Versions): string => `/docs/${file}?v=${versions.get(file) ?? 'none'}`;

function page(parts: {
  readonly title: string;
  readonly style?: string;
  readonly script: string;
  readonly start: string;
}): HtmlPage {
  const { title, style, script, start } = parts;
  const body =
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>` +
    `<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">` +
    (style === undefined ? '' : `<link rel="stylesheet" href="${escape(style)}">`) +
    `<style>${STYLE}</style></head><body><div id="docs"></div>` +
    `<noscript><a href="/openapi.json">openapi.json</a> is the same for programs.</noscript>` +
    `<script src="${escape(script)}"></script><script>${start}</script></body></html>`;
  return htmlPage(body, { policy: policyFor(start) });
}
