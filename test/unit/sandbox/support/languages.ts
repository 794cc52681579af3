import { SandboxEnvironment, type EnvironmentOptions, type Language } from './environment';

export const LANGUAGES: readonly Language[] = ['python', 'node'];

/** Code that does the same in both languages. */
export type Code = Readonly<Record<Language, string>>;

/** An environment for the tests of a describe block; started before the first, stopped after the last. */
export function useEnvironment(language: Language, options?: EnvironmentOptions): () => SandboxEnvironment {
  let environment: SandboxEnvironment | undefined;
  beforeAll(async () => {
    environment = await SandboxEnvironment.start(language, options);
  });
  afterAll(() => environment?.stop());
  return () => {
    if (!environment) throw new Error('The environment has not started');
    return environment;
  };
}
