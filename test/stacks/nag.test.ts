import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { namedStage, removeAssemblies, STAGES, stageOf, type Stage } from './stage';

afterAll(removeAssemblies);

/** Findings that are not acknowledged. References between stacks are resolved by the synthesis before. */
function findingsOf({ app }: Stage): string[] {
  app.synth();
  return new AwsSolutionsChecks(app)
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath ?? ''}`),
    );
}

test.each(Object.keys(STAGES))('stage %s has no finding of cdk-nag', (name) => {
  expect(findingsOf(namedStage(name))).toEqual([]);
});

test('a finding that nobody acknowledged fails the synthesis', () => {
  const stage = stageOf('dev');
  new Bucket(stage.data, 'Careless', { enforceSSL: false });
  expect(() => stage.app.synth()).toThrow(/AwsSolutions-S1\b[\s\S]*AwsSolutions-S10/);
});
