import * as z from 'zod';

/**
 * Who judges issues and writes cards, and what makes vectors of texts: the stage's `decisions`
 * (docs/deploy.md#configuration, docs/contracts/decisions.md#provider-port).
 */

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as "us-east-1"');
/** Ids of system-defined inference profiles begin with where their models are. */
const PROFILE = /^(us|us-gov|eu|apac|jp|au|ca|sa|global)\./;
const PROFILE_ARN = /^arn:[\w-]+:bedrock:[\w-]+:\d{12}:(application-inference-profile|inference-profile)\/[\w.:-]+$/;

const Bedrock = z.strictObject({
  /** Of the foundation model, without the prefix of an inference profile. */
  model: z
    .string()
    .regex(/^[a-z0-9][\w.:-]{0,139}$/i, 'must be the id of a foundation model')
    .refine(
      (id) => !PROFILE.test(id),
      'must be the id of a foundation model; an inference profile is "inferenceProfile"',
    )
    .optional(),
  /** Through which the model is asked: the id of a system-defined one, or the ARN of any. Absent: the model is asked itself. */
  inferenceProfile: z
    .string()
    .refine(
      (text) => PROFILE_ARN.test(text) || (PROFILE.test(text) && /^[\w.:-]{3,140}$/.test(text)),
      'must be the id of an inference profile such as "eu.<model>", or its ARN',
    )
    .optional(),
  /** Where Bedrock is asked. Absent: the stage's region. */
  region: region.optional(),
});

const OpenAiCompatible = z
  .strictObject({
    /** `/chat/completions` comes after it. */
    baseUrl: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL, such as "https://models.example.com/v1"' })
      .refine((text) => !/[?#]|:\/\/[^/]*@/.test(text), 'must have no query, and no credentials'),
    model: z.string().min(1, 'must be the name of a model').max(200, 'must have at most 200 characters'),
    /** Name of the secret in Secrets Manager that holds the key as plain text. Absent: the server wants none. */
    keySecret: z
      .string()
      .regex(/^[\w/+=.@-]{1,512}$/, 'must be the name of a secret')
      .optional(),
  })
  .refine(({ baseUrl, keySecret }) => keySecret === undefined || isPrivate(baseUrl), {
    path: ['baseUrl'],
    error: 'must be https, because a key goes there',
  });

export const DecisionsConfiguration = z
  .strictObject({
    provider: z
      .enum(['rules', 'bedrock', 'openai-compatible'], 'must be "rules", "bedrock" or "openai-compatible"')
      .default('rules'),
    embedder: z.enum(['local', 'titan'], 'must be "local" or "titan"').default('local'),
    bedrock: Bedrock.optional(),
    openAiCompatible: OpenAiCompatible.optional(),
  })
  .refine(({ provider, bedrock }) => provider !== 'bedrock' || bedrock?.model !== undefined, {
    path: ['bedrock', 'model'],
    error: 'must be given, because provider is "bedrock"',
  })
  .refine(({ provider, openAiCompatible }) => provider !== 'openai-compatible' || openAiCompatible !== undefined, {
    path: ['openAiCompatible'],
    error: 'must be given, because provider is "openai-compatible"',
  });
export type DecisionsConfiguration = z.output<typeof DecisionsConfiguration>;

/** Amazon Titan Text Embeddings V2. */
export const TITAN_MODEL = 'amazon.titan-embed-text-v2:0';

/** Whether nobody on the way can read what is sent: it is encrypted, or does not leave the machine. */
function isPrivate(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
