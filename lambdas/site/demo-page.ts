import { htmlPage, type HtmlPage } from './html';

export interface DemoExample {
  readonly title: string;
  readonly runtime: string;
  readonly code: string;
  readonly payload: unknown;
}

/** What the demo page is made of. */
export interface DemoAssets {
  /** Has three marks, each alone in its element: comments `style` and `script`, and the string `"examples"`. */
  readonly html: string;
  readonly style: string;
  readonly script: string;
  readonly examples: readonly DemoExample[];
}

/**
 * The page that a person meets at `/`: one document, nothing else to load
 * (docs/contracts/common.md#shared-paths-public-no-credentials).
 */
export function demoPage({ html, style, script, examples }: DemoAssets): HtmlPage {
  // In a script element `</script` would end it, wherever it stands.
  const data = JSON.stringify(examples).replaceAll('<', '\\u003c');
  const body = html
    .replace(/\s*\/\* style \*\/\s*/, () => style)
    .replace(/\s*"examples"\s*(?=<\/script>)/, () => data)
    .replace(/\s*\/\* script \*\/\s*/, () => script);
  return htmlPage(body, { styles: [style], scripts: [script] });
}
