import type { Runtime } from '../platform/runtimes';
import { htmlPage, type HtmlPage } from './html';

export interface DemoExample {
  readonly title: string;
  readonly runtime: string;
  readonly code: string;
  readonly payload: unknown;
}

/** What the demo page is made of. */
export interface DemoAssets {
  /** Has four marks: comments `runtimes`, `style` and `script`, and the string `"examples"`; each is alone in its place. */
  readonly html: string;
  readonly style: string;
  readonly script: string;
  /** To choose from; the first is chosen. */
  readonly runtimes: readonly Pick<Runtime, 'name' | 'label' | 'defaultHandler'>[];
  readonly examples: readonly DemoExample[];
}

/**
 * The page that a person meets at `/`: one document, nothing else to load
 * (docs/contracts/common.md#shared-paths-public-no-credentials).
 */
export function demoPage({ html, style, script, runtimes, examples }: DemoAssets): HtmlPage {
  // In a script element `</script` would end it, wherever it stands.
  const data = JSON.stringify(examples).replaceAll('<', '\\u003c');
  const body = html
    .replace(/<!-- runtimes -->/, () => runtimes.map(choice).join(''))
    .replace(/\s*\/\* style \*\/\s*/, () => style)
    .replace(/\s*"examples"\s*(?=<\/script>)/, () => data)
    .replace(/\s*\/\* script \*\/\s*/, () => script);
  return htmlPage(body, { styles: [style], scripts: [script] });
}

const choice = ({ name, label, defaultHandler }: DemoAssets['runtimes'][number], index: number): string =>
  `<label><input type="radio" name="runtime" value="${name}" data-handler="${defaultHandler}"${index === 0 ? ' checked' : ''} /> ${label}</label>\n`;
