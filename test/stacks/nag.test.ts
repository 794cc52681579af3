import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { buildStage, removeAssemblies, type BuiltStage } from './built-stage';
import { STAGES } from './stage';

afterAll(removeAssemblies);

/** Findings that are not acknowledged. References between stacks are resolved by the synthesis before. */
function findingsOf({ app }: BuiltStage): string[] {
  app.synth();
  return new AwsSolutionsChecks(app)
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath ?? ''}`),
    );
}

test.each(Object.entries(STAGES))('stage %s has no finding of cdk-nag', (name, overrides) => {
  expect(findingsOf(buildStage({ name, overrides: { ...overrides } }))).toEqual([]);
});

test('a finding that nobody acknowledged fails the synthesis', () => {
  const stage = buildStage({ name: 'dev' });
  new Bucket(stage.data, 'Careless', { enforceSSL: false });
  expect(() => stage.app.synth()).toThrow(/AwsSolutions-S1\b[\s\S]*AwsSolutions-S10/);
});
