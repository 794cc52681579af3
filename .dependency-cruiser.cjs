const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

/** The house's import rules (docs/architecture.md, "Import rules"): service -> engine -> platform, never sideways. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** Every folder with a manifest is a service; the stream has rules of its own besides. */
const LAMBDAS = join(__dirname, 'lambdas');
const services = readdirSync(LAMBDAS).filter(
  (name) => !['platform', 'stream'].includes(name) && existsSync(join(LAMBDAS, name, 'manifest.ts')),
);
const SERVICES = `(${services.join('|')})`;

module.exports = {
  forbidden: [
    rule('no-circular', 'A cycle has no first reader.', {}, { circular: true }),
    rule(
      'platform-is-the-ground',
      'platform imports no other part of lambdas.',
      { path: '^lambdas/platform/' },
      { path: '^lambdas/(?!platform/)' },
    ),
    rule(
      'engine-stands-on-platform',
      'engine imports platform only.',
      { path: '^lambdas/engine/' },
      { path: '^lambdas/(?!engine/|platform/)' },
    ),
    rule(
      'stream-stands-on-engine',
      'stream imports engine and platform only.',
      { path: '^lambdas/stream/' },
      { path: '^lambdas/(?!stream/|engine/|platform/)' },
    ),
    rule(
      'service-not-service',
      'A service never imports a service.',
      { path: `^lambdas/${SERVICES}/` },
      { path: `^lambdas/${SERVICES}/`, pathNot: '^lambdas/$1/' },
    ),
    rule(
      'service-not-stream',
      'A service never imports the stream function.',
      { path: `^lambdas/${SERVICES}/` },
      { path: '^lambdas/stream/' },
    ),
    rule(
      'manifest-is-data',
      'A manifest holds tables, and runs nothing.',
      { path: '^lambdas/[^/]+/manifest\\.ts$' },
      {
        path: '.',
        pathNot:
          '^lambdas/([^/]+(/(deploy|build))?|platform/(http|pipeline))/(manifest|workers|routes|route|errors|error-codes|examples|limits|pipeline)\\.ts$',
      },
    ),
    rule(
      'manifest-not-in-functions',
      'Manifests are for tools and stacks: what runs in Lambda would only grow by them.',
      { path: '^lambdas/', pathNot: '^lambdas/(services|[^/]+/(manifest|workers|examples))\\.ts$' },
      { path: '^lambdas/(services|[^/]+/(manifest|examples))\\.ts$' },
    ),
    rule(
      'engine-by-its-front-door',
      'Services and the stream use of the engine what it offers, and nothing behind that.',
      { path: '^lambdas/(?!engine/|platform/)' },
      { path: '^lambdas/engine/', pathNot: '^lambdas/engine/(index|contract)\\.ts$' },
    ),
    rule(
      'engine-not-through-its-front-door',
      'The engine knows its own modules; through the front door they would form a circle.',
      { path: '^lambdas/engine/', pathNot: '^lambdas/engine/(index|contract)\\.ts$' },
      { path: '^lambdas/engine/(index|contract)\\.ts$' },
    ),
    rule(
      'sandbox-alone',
      'What runs beside user code imports nothing of ours.',
      { path: '^lambdas/sandbox/' },
      { path: '^(lambdas/(?!sandbox/)|lib|bin|local)' },
    ),
    rule(
      'installer-alone',
      'What runs beside package clients imports nothing of ours.',
      { path: '^lambdas/installer/' },
      { path: '^(lambdas/(?!installer/)|lib|bin|local)' },
    ),
    rule(
      'local-alone',
      'local stands beside the product, it does not reach into it.',
      { path: '^local/' },
      { path: '^(lambdas|lib|bin)/' },
    ),
    rule(
      'lib-sees-tables-only',
      'The CDK app sees manifests, route tables, contracts, runtimes and what both fronts answer to preflights.',
      { path: '^lib/' },
      {
        path: '^lambdas/',
        pathNot:
          '/((services|manifest|routes|contract|limits|route|errors|error-codes|cors|pipeline)\\.ts|platform/runtimes/.*|platform/pipeline/installer-steps\\.ts)$',
      },
    ),
    rule('product-not-tests', 'Nothing imports tests.', { path: '^(bin|lib|lambdas|local)/' }, { path: '^test/' }),
    rule(
      'no-dev-dependency-in-product',
      'What is deployed is a dependency.',
      { path: '^lambdas/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg'], pathNot: 'node_modules/@types/' },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(cdk\\.out|\\.narae)' },
  },
};
