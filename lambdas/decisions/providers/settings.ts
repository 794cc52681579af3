import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { CALLS, callsWithin } from '../../platform/aws/calls';
import { bedrockModel } from './bedrock';
import type { DecisionsConfiguration } from './contract';
import { modelProvider } from './model-provider';
import { openAiModel } from './openai-compatible';
import { ProviderFailed, type Provider } from './provider';
import { rulesProvider } from './rules';

export interface Surroundings {
  /** Reads a secret's text, whenever it is needed. */
  readonly readSecret: (name: string) => Promise<string>;
  /** Of clients of Bedrock. Absent: what the environment says. */
  readonly bedrock?: BedrockRuntimeClientConfig;
}

/**
 * The provider that a stage is configured with (docs/contracts/decisions.md#provider-port).
 * @throws ProviderFailed where the configuration is not whole
 */
export function createProvider(
  { provider, bedrock, openAiCompatible }: DecisionsConfiguration,
  { readSecret, bedrock: more = {} }: Surroundings,
): Provider {
  if (provider === 'rules') return rulesProvider;
  if (provider === 'bedrock' && bedrock?.model !== undefined) {
    const { model, inferenceProfile = model, region } = bedrock;
    return modelProvider(bedrockModel(bedrockRuntime(region, more), inferenceProfile));
  }
  if (provider === 'openai-compatible' && openAiCompatible) {
    const { baseUrl, model, keySecret } = openAiCompatible;
    const key = keySecret === undefined ? {} : { key: () => readSecret(keySecret) };
    return modelProvider(openAiModel({ baseUrl, model, ...key }));
  }
  throw new ProviderFailed(`The provider ${provider} is not configured`, { kind: 'unconfigured', recoverable: false });
}

/** Milliseconds until the first byte of an answer, and between two pieces of it. */
const SILENCE_MS = 30_000;

/** How long an answer may take its caller says; a second try is all that fits into what a stage may take. */
export const bedrockRuntime = (
  region: string | undefined,
  more: BedrockRuntimeClientConfig = {},
): BedrockRuntimeClient =>
  new BedrockRuntimeClient({
    ...CALLS,
    ...callsWithin({ requestTimeout: SILENCE_MS, socketTimeout: SILENCE_MS }),
    maxAttempts: 2,
    ...(region !== undefined && { region }),
    ...more,
  });
