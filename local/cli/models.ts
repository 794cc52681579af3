/** Models that decisions are to be asked of, as `npm start` is told (docs/decisions.md, "Providers"). */
export interface Models {
  /** In place of `decisions` of the stage's file, and judged where that is; undefined: what the file says. */
  readonly decisions: Readonly<Record<string, unknown>> | undefined;
  /** Key of a server with models, for the emulator's Secrets Manager. */
  readonly modelKey: string | undefined;
  /** Who answers what functions ask of Bedrock: the emulator has no models. */
  readonly bedrockEndpoint: string | undefined;
}

/** Name of the secret that holds the key. */
export const MODEL_KEY_SECRET = 'narae-local/model-key';

/** @returns undefined for a text that is no JSON object */
export function readDecisions(text: string, hasKey: boolean): Readonly<Record<string, unknown>> | undefined {
  const decisions = objectIn(parse(text));
  const server = objectIn(decisions?.['openAiCompatible']);
  if (!decisions || !server || !hasKey) return decisions;
  return { ...decisions, openAiCompatible: { keySecret: MODEL_KEY_SECRET, ...server } };
}

const objectIn = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
