import { createProvider } from '../../../../lambdas/decisions/providers/settings';
import type { Provider, Question } from '../../../../lambdas/decisions/providers/provider';
import { readIssue } from '../../../../lambdas/decisions/rules/read-issue';
import type { IssueInput } from '../../../../lambdas/decisions/model';
import { startBedrock, startOpenAi, type ModelServer, type Reply, type Asked } from '../../../support/model-server';
import { ISSUES } from '../issues';

export const KEY = 'sk-test-0123456789';
export const MODELS = ['bedrock', 'openai-compatible'] as const;
export type ModelName = (typeof MODELS)[number];

/** A provider over a server that answers so. */
export async function served(name: ModelName, answer: (asked: Asked, turn: number) => Reply): Promise<Served> {
  const server = await (name === 'bedrock' ? startBedrock(answer) : startOpenAi(answer));
  return { server, provider: providerAt(name, server.url) };
}

export interface Served {
  readonly server: ModelServer;
  readonly provider: Provider;
}

export function providerAt(name: ModelName, url: string): Provider {
  const settings =
    name === 'bedrock'
      ? { provider: name, embedder: 'local' as const, bedrock: { model: 'vendor.model-v1:0' } }
      : {
          provider: name,
          embedder: 'local' as const,
          openAiCompatible: { baseUrl: `${url}/v1/`, model: 'some-model', keySecret: 'models' },
        };
  return createProvider(settings, {
    readSecret: () => Promise.resolve(`${KEY}\n`),
    bedrock: { endpoint: url, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
  });
}

/** What is asked of a provider about an issue. */
export function questionAbout(issue: IssueInput = ISSUES.A, more: Partial<Question> = {}): Question {
  const feedback = more.feedback ?? [];
  const { language, facts } = readIssue(issue, feedback);
  return { issue, feedback, notes: [], language, facts, ...more };
}

/** Takes pieces together, and never gives up by itself. */
export function listener(signal: AbortSignal = new AbortController().signal) {
  const pieces: string[] = [];
  const onText = (piece: string): Promise<void> => {
    pieces.push(piece);
    return Promise.resolve();
  };
  return { pieces, call: { signal, onText } };
}
