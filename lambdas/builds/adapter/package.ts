/** What a zip for Lambda consists of (lambdas/builds/adapter/python/narae_function.py says how it is used). */

/** Lambda's handler of every deployed function. */
export const LAMBDA_HANDLER = 'narae_function.handler';
export const LAMBDA_RUNTIME = 'python3.13';

/** Folders of the package: the user's files, and what they asked for. */
export const APP_FOLDER = 'app';
export const PACKAGES_FOLDER = 'packages';

/**
 * Files of the adapter by their place in the package.
 * @param sources texts of ADAPTER_SOURCES, by path from the repository's root
 * @param module name of the module that is called, which stands in the app's folder as `<module>.py`
 */
export function adapterFiles(sources: Readonly<Record<string, string>>, module: string): Record<string, string> {
  const files = Object.entries(sources).map(([path, text]) => [placeOf(path), text] as const);
  return { ...Object.fromEntries(files), 'narae.json': `${JSON.stringify({ module })}\n` };
}

const SANDBOX = 'lambdas/sandbox/python/';
const ADAPTER = 'lambdas/builds/adapter/python/';

/** The handler stands at the root; what it is made of below `narae`. */
function placeOf(path: string): string {
  if (path.startsWith(SANDBOX)) return `narae/${path.slice(SANDBOX.length)}`;
  const own = path.slice(ADAPTER.length);
  return own.includes('/') ? `narae/${own}` : own;
}
