import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { Function } from './functions';
import { namedStage, resource, resources, type Resource } from './stage';

describe('the runner', () => {
  const { engine } = namedStage('closed');
  const functions = new Map(
    [...resources(engine, 'AWS::Lambda::Function')].map(([id, { Properties }]) => [id, Function.parse(Properties)]),
  );

  test('knows every sandbox by runtime, memory ascending', () => {
    const runner = [...functions.values()].find(({ FunctionName }) => FunctionName === 'narae-closed-runner');
    const Joined = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });
    const parts = Joined.parse(runner?.Environment.Variables['NARAE_SANDBOXES'])['Fn::Join'][1];
    const Ref = z.object({ Ref: z.string() });
    const json = parts
      .map((part) => (typeof part === 'string' ? part : functions.get(Ref.parse(part).Ref)?.FunctionName))
      .join('');
    const tiers = (runtime: string) =>
      [512, 1536, 3008].map((memory) => [memory, `narae-closed-sandbox-${runtime}-${memory}`]);
    expect(JSON.parse(json)).toEqual({ 'python3.13': tiers('python313'), nodejs24: tiers('nodejs24') });
  });

  test('is tried three times within fifteen minutes, then its order goes to the dead letters', () => {
    expect(invokeConfig('Runner')).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 900 });
    expect(JSON.stringify(invokeConfig('Runner')['DestinationConfig'])).toContain('RunnerDeadLetters');
  });

  test('may send a run to the end of its own queue, however often', () => {
    const runner = resource(engine, 'AWS::Lambda::Function', 'Runner').Properties;
    expect(runner).toMatchObject({ RecursiveLoop: 'Allow' });
  });

  test('runs as often at the same time as the stage allows', () => {
    const runner = [...functions.values()].find(({ FunctionName }) => FunctionName === 'narae-closed-runner');
    expect(runner?.ReservedConcurrentExecutions).toBe(50);
  });

  test('lets as many watch at the same time as the stage allows', () => {
    const stream = [...functions.values()].find(({ FunctionName }) => FunctionName === 'narae-closed-stream');
    expect(stream?.ReservedConcurrentExecutions).toBe(20);
  });

  test('the reaper is woken every minute and not tried again', () => {
    expect(resource(engine, 'AWS::Events::Rule').Properties).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
    });
    expect(invokeConfig('Reaper')).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
    expect(JSON.stringify(invokeConfig('Reaper')['DestinationConfig'])).toContain('ReaperDeadLetters');
  });

  test('streams come from a function URL that streams', () => {
    expect(resource(engine, 'AWS::Lambda::Url').Properties).toMatchObject({
      AuthType: 'NONE',
      InvokeMode: 'RESPONSE_STREAM',
    });
  });

  function invokeConfig(idPrefix: string): Resource['Properties'] {
    return resource(engine, 'AWS::Lambda::EventInvokeConfig', idPrefix).Properties;
  }
});

describe('the sandboxes as they are uploaded', () => {
  const { assets, engine } = namedStage('local');
  const folderOf = (runtime: string): string =>
    assets[engine.stackName]?.find(({ name }) => name.includes(`${runtime}-`))?.folder ?? 'no asset';

  test('python is started by an executable wrapper', () => {
    expect(statSync(path.join(folderOf('python313'), 'supervise')).mode & 0o111).toBe(0o111);
  });

  test('callbacks find requests and axios (docs/contracts/callbacks.md#build)', () => {
    const lent = path.join('lent', 'callback');
    expect(statSync(path.join(folderOf('python313'), lent, 'requests', '__init__.py')).isFile()).toBe(true);
    expect(statSync(path.join(folderOf('nodejs24'), lent, 'node_modules', 'axios', 'package.json')).isFile()).toBe(
      true,
    );
  });

  test('node has the module that its handler names', () => {
    expect(statSync(path.join(folderOf('nodejs24'), 'supervisor.mjs')).isFile()).toBe(true);
  });

  test.each(['python313', 'nodejs24'])('%s carries no tests and no leftovers', (runtime) => {
    const files = readdirSync(folderOf(runtime), { recursive: true, encoding: 'utf8' });
    // What is lent to callbacks are packages of others, with bytecode: they are taken as they are.
    const ours = files.filter((file) => !file.startsWith('lent/'));
    expect(ours.filter((file) => /test|__pycache__|\.pyc$|\.md$/.test(file))).toEqual([]);
  });
});
