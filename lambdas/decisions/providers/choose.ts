import type { EmbedderName, ProviderName } from '../model';
import type { Embedder } from '../people/embedder';
import { localEmbedder } from '../people/local-embedder';
import { titanEmbedder } from '../people/titan-embedder';
import type { DecisionsConfiguration } from './contract';
import { ProviderFailed, type Provider } from './provider';
import { rulesProvider } from './rules';
import { bedrockRuntime, createProvider, type Surroundings } from './settings';

export interface Chosen {
  /** Who judges and writes, by the name that a run keeps. @throws ProviderFailed where this stage has no such one */
  readonly provider: (name: ProviderName) => Provider;
  /** @throws ProviderFailed as `provider` */
  readonly embedder: (name: EmbedderName) => Embedder;
}

/**
 * What a stage is configured with, each made when it is first needed. `rules` and `local` are there in any case, for runs
 * that were begun with them; nobody steps in for another.
 */
export function choose(configuration: DecisionsConfiguration, surroundings: Surroundings): Chosen {
  const configured = once(() => createProvider(configuration, surroundings));
  const titan = once(() => titanEmbedder(bedrockRuntime(configuration.bedrock?.region, surroundings.bedrock)));
  return {
    provider: (name) => {
      if (name === 'rules') return rulesProvider;
      if (name === configuration.provider) return configured();
      throw unconfigured(`provider ${name}`);
    },
    embedder: (name) => {
      if (name === 'local') return localEmbedder;
      if (name === configuration.embedder) return titan();
      throw unconfigured(`embedder ${name}`);
    },
  };
}

const unconfigured = (what: string): ProviderFailed =>
  new ProviderFailed(`This installation has no ${what}`, { kind: 'unconfigured', recoverable: false });

function once<T>(make: () => T): () => T {
  let made: { readonly it: T } | undefined;
  return () => (made ??= { it: make() }).it;
}
