import * as z from 'zod';
import { everywhere, namedStage } from './stage';

const Config = z.object({
  FunctionName: z.object({ Ref: z.string() }),
  Qualifier: z.literal('$LATEST'),
  MaximumRetryAttempts: z.number(),
  DestinationConfig: z.object({
    OnFailure: z.object({ Destination: z.object({ 'Fn::GetAtt': z.array(z.string()) }) }),
  }),
});

test.each(['local', 'prod'])(
  'whatever is invoked asynchronously leaves what it fails on in a queue of its own (%s)',
  (name) => {
    const stage = namedStage(name);
    const names = new Map(
      everywhere(stage, 'AWS::Lambda::Function').map(([id, { Properties }]) => [
        id,
        String(Properties['FunctionName']),
      ]),
    );
    const configs = everywhere(stage, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) =>
      Config.parse(Properties),
    );
    const retries = configs.map(
      (config) => `${names.get(config.FunctionName.Ref) ?? ''}: ${config.MaximumRetryAttempts}`,
    );
    expect(retries.sort()).toEqual([
      `narae-${name}-decisions-decider: 2`,
      `narae-${name}-decisions-meeting: 2`,
      `narae-${name}-functions-cleaner: 2`,
      `narae-${name}-reaper: 0`,
      `narae-${name}-runner: 2`,
    ]);
    const queues = configs.map((config) => config.DestinationConfig.OnFailure.Destination['Fn::GetAtt'][0]);
    expect(new Set(queues)).toEqual(new Set(everywhere(stage, 'AWS::SQS::Queue').map(([id]) => id)));
  },
);
