/** The house's import rules (docs/architecture.md, "Import rules"): room -> engine -> platform, never sideways. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const ROOMS = '(invocations|functions|jobs|callbacks|builds|decisions|site)';

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
      'room-not-room',
      'A room never imports a room.',
      { path: `^lambdas/${ROOMS}/` },
      { path: `^lambdas/${ROOMS}/`, pathNot: '^lambdas/$1/' },
    ),
    rule(
      'room-not-stream',
      'A room never imports the stream function.',
      { path: `^lambdas/${ROOMS}/` },
      { path: '^lambdas/stream/' },
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
      'The CDK app sees route tables, contracts and what both fronts answer to preflights.',
      { path: '^lib/' },
      { path: '^lambdas/', pathNot: '/(routes|contract|limits|route|errors|cors)\\.ts$' },
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
