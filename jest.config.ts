import type { Config } from 'jest';

type Project = Exclude<NonNullable<Config['projects']>[number], string>;

/** Packages published as ES modules only; jest runs CommonJS, so they are transformed like our own code. */
const esmOnly = ['@kubernetes', '@middy', 'eventsource', 'eventsource-parser', 'jose', 'oauth4webapi', 'openid-client'];

const project = (displayName: string, folder: string, more: Project = {}): Project => ({
  displayName,
  testEnvironment: 'node',
  roots: [`<rootDir>/test/${folder}`],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.(ts|js|mjs)$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  // Their package.json names an entry for `import` only, which jest's CommonJS resolver does not take.
  moduleNameMapper: { '^@middy/(\\w+)$': '<rootDir>/node_modules/@middy/$1/index.js' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  ...more,
});

/** What a project's tests need is started once per run by its setup, and stopped by its teardown. */
const needs = (setup: string): Project => ({
  globalSetup: `<rootDir>/test/support/${setup}.global-setup.ts`,
  globalTeardown: `<rootDir>/test/support/${setup}.global-teardown.ts`,
});

const config: Config = {
  projects: [
    project('unit', 'unit', {
      ...needs('unit'),
      setupFilesAfterEnv: ['<rootDir>/test/support/quiet-console.ts'],
    }),
    project('stacks', 'stacks', needs('stages')),
    project('acceptance', 'acceptance', needs('system')),
    project('acceptance-auth', 'acceptance-auth', needs('auth-system')),
    // The same system: keys and attacks do not get in each other's way.
    project('security', 'security', needs('auth-system')),
    project('browser', 'browser', needs('system')),
    // Judges what the systems of the others asked of AWS: `npm test` runs it after them.
    project('permissions', 'permissions', needs('permissions')),
    // Each of its files brings up what it breaks.
    project('faults', 'faults'),
    // Needs Go: `npm run test:rie`, not part of `npm test`.
    project('rie', 'rie', { globalSetup: '<rootDir>/test/support/rie.global-setup.ts' }),
    // Needs Go, and ten minutes the first time: `npm run test:kubernetes`, not part of `npm test`.
    project('kubernetes', 'kubernetes', { globalSetup: '<rootDir>/test/support/kubernetes.global-setup.ts' }),
  ],
  globalSetup: '<rootDir>/test/support/run.global-setup.ts',
  // One more than the two cores that a run is to fit: a good part of what tests do is waiting for time to pass.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/support/slow-first-sequencer.cjs',
  reporters: ['default', '<rootDir>/test/support/summary-reporter.cjs'],
  // A test ends by its own deadlines; this one is for a test that hangs on a busy machine.
  testTimeout: 120_000,
};

export default config;
