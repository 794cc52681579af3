import * as z from 'zod';
import { functionsOf } from './functions';
import { everywhere, namedStage } from './stage';

/** docs/adr/0036: the setting `tracing`. */

const traced = namedStage('dev with traces');
const isOurs = ({ name }: { readonly name: string }) => traced.ownFunctions.some((own) => own.name === name);
const Policy = z.looseObject({
  PolicyDocument: z.object({
    Statement: z.array(z.looseObject({ Action: z.union([z.string(), z.array(z.string())]).optional() })),
  }),
});

test('no function is traced unless the stage says so', () => {
  expect(functionsOf('dev').filter(({ TracingConfig }) => TracingConfig)).toEqual([]);
});

test('all of our functions are traced, and nothing that users’ code or packages run in', () => {
  const functions = functionsOf('dev', traced);
  const modes = (which: typeof functions) => [...new Set(which.map(({ TracingConfig }) => TracingConfig?.Mode))];
  expect(modes(functions.filter(isOurs))).toEqual(['Active']);
  const others = functions.filter((one) => !isOurs(one));
  expect(others.map(({ name }) => name)).toEqual(expect.arrayContaining(['sandbox-python313-512']));
  expect(modes(others)).toEqual([undefined]);
});

test('what is traced may record segments, and gains no other right by it', () => {
  const rights = everywhere(traced, 'AWS::IAM::Policy').flatMap(([, { Properties }]) =>
    Policy.parse(Properties).PolicyDocument.Statement.flatMap(({ Action = [] }) => Action),
  );
  const before = everywhere(namedStage('dev'), 'AWS::IAM::Policy').flatMap(([, { Properties }]) =>
    Policy.parse(Properties).PolicyDocument.Statement.flatMap(({ Action = [] }) => Action),
  );
  const added = [...new Set(rights)].filter((action) => !before.includes(action)).sort();
  expect(added.every((action) => action.startsWith('xray:Put'))).toBe(true);
  expect(rights.filter((action) => action === 'xray:PutTraceSegments')).not.toEqual([]);
});
