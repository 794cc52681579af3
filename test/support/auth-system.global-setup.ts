import { randomBytes } from 'node:crypto';
import { begin } from './beginnings';
import { answerOfModel } from './model-answers';
import { startOpenAi, type ModelServer } from './model-server';
import { startSystem, type System } from './system';

declare global {
  // Jest runs globalSetup and globalTeardown in one process; this is how one hands something to the other.
  var naraeTestAuthSystem: System | undefined;
  var naraeTestModel: ModelServer | undefined;
}

/**
 * A system that asks for API keys, and whose decisions are judged by a model behind a server that it has a key of. It is always one of its own, because the tests make and revoke keys, and look for what
 * its environment holds (test/security). Somebody who works on those tests may name one: NARAE_TEST_AUTH_URL,
 * NARAE_TEST_AUTH_STATE_DIR and the TEST_HOST_SECRET it was started with.
 */
export default function setup(): void {
  if (process.env['NARAE_TEST_AUTH_URL'] !== undefined) return;
  process.env['TEST_HOST_SECRET'] = `canary-${randomBytes(16).toString('hex')}`;
  begin('auth-system', { start, after: 'stages' });
}

async function start(): Promise<void> {
  globalThis.naraeTestModel = await startOpenAi(answerOfModel);
  globalThis.naraeTestAuthSystem = await startSystem('auth', ['--auth', 'api-key'], {
    NARAE_DECISIONS: JSON.stringify({
      provider: 'openai-compatible',
      openAiCompatible: { baseUrl: `${globalThis.naraeTestModel.url}/v1`, model: 'some-model' },
    }),
    NARAE_DECISIONS_KEY: `canary-${randomBytes(16).toString('hex')}`,
  });
  process.env['NARAE_TEST_AUTH_URL'] = globalThis.naraeTestAuthSystem.url;
  process.env['NARAE_TEST_AUTH_STATE_DIR'] = globalThis.naraeTestAuthSystem.stateDir;
}
