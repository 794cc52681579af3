import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** One way to say one thing (CONTRIBUTING.md). A constructor may be `private`: there is no other way to say that. */
const ONE_DIALECT = [
  ...['PropertyDefinition', 'MethodDefinition[kind!="constructor"]', 'TSParameterProperty'].map((member) => ({
    selector: `${member}[accessibility="private"]`,
    message: 'Write #name: it is private also when the program runs.',
  })),
  {
    selector: 'CallExpression[callee.name="it"], CallExpression[callee.object.name="it"]',
    message: 'Write test().',
  },
];

const IN_TESTS = [
  {
    selector: 'MemberExpression[object.name="Math"][property.name="random"]',
    message: 'Take seeded() of test/support/random: a failure can then be made again.',
  },
  {
    selector:
      'AwaitExpression > NewExpression[callee.name="Promise"] CallExpression[callee.name="setTimeout"][arguments.0.name=/^(resolve|go|done|r)$/]',
    message: 'Wait for a condition (waitFor), or say that time is what is tested (pause), both of test/support/wait.',
  },
  {
    selector: 'ImportDeclaration[source.value="node:timers/promises"]',
    message: 'Wait for a condition (waitFor), or say that time is what is tested (pause), both of test/support/wait.',
  },
];

export default tseslint.config(
  { ignores: ['node_modules', 'cdk.out', '.narae', 'coverage', 'docs', 'lambdas/site/assets'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // An interface that a module extends by declaration has no members of its own (lambdas/platform/http/errors.ts).
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', 300],
      'no-restricted-syntax': ['error', ...ONE_DIALECT],
    },
  },
  {
    files: ['test/**/*.ts'],
    ignores: ['test/bench/**', 'test/support/wait.ts'],
    rules: { 'no-restricted-syntax': ['error', ...ONE_DIALECT, ...IN_TESTS] },
  },
  {
    // CDK constructs register themselves with their scope: `new X(this, ...)` is the statement.
    files: ['bin/**/*.ts', 'lib/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', 'no-new': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setImmediate: 'readonly',
        AbortSignal: 'readonly',
        AbortController: 'readonly',
        performance: 'readonly',
        TextDecoder: 'readonly',
        module: 'writable',
        require: 'readonly',
        __dirname: 'readonly',
        awslambda: 'readonly',
        structuredClone: 'readonly',
        queueMicrotask: 'readonly',
      },
    },
  },
  {
    files: ['lambdas/site/demo/**/*.js'],
    languageOptions: {
      globals: {
        document: 'readonly',
        window: 'readonly',
        EventSource: 'readonly',
        fetch: 'readonly',
        location: 'readonly',
      },
    },
  },
);
