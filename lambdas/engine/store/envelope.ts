import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import * as z from 'zod';
import type { Clock } from '../../platform/time/clock';
import { AppError } from '../../platform/http/errors';

/** Environment values, sealed: AES-256-GCM under a data key that KMS wrapped. */
export const Sealed = z.object({ key: z.string(), iv: z.string(), tag: z.string(), data: z.string() });
export type Sealed = z.output<typeof Sealed>;

type Environment = Readonly<Record<string, string>>;

/** One data key serves a process for five minutes: KMS bills each call, and a run should not wait for one. */
const KEY_KEPT_MS = 5 * 60_000;
const MAX_OPENED_KEYS = 1_000;

/** Seals environment values to the run or function they belong to (design: envelope encryption). */
export class Envelope {
  readonly #kms: KMSClient;
  readonly #keyId: string;
  readonly #clock: Clock;
  #current: { readonly plain: Buffer; readonly wrapped: string; readonly until: number } | undefined;
  readonly #opened = new Map<string, Buffer>();

  constructor(kms: KMSClient, keyId: string, clock: Clock) {
    this.#kms = kms;
    this.#keyId = keyId;
    this.#clock = clock;
  }

  /** @param owner what the values belong to; they open for that owner only */
  async seal(owner: string, env: Environment): Promise<Sealed> {
    const { plain, wrapped } = await this.#dataKey();
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', plain, iv).setAAD(Buffer.from(owner));
    const data = Buffer.concat([cipher.update(JSON.stringify(env), 'utf8'), cipher.final()]);
    return {
      key: wrapped,
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      data: data.toString('base64'),
    };
  }

  /** @throws Error if the values were sealed for another owner or were changed */
  async open(owner: string, sealed: Sealed): Promise<Environment> {
    const plain = await this.#unwrap(sealed.key);
    const decipher = createDecipheriv('aes-256-gcm', plain, Buffer.from(sealed.iv, 'base64'))
      .setAAD(Buffer.from(owner))
      .setAuthTag(Buffer.from(sealed.tag, 'base64'));
    const text = Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]).toString(
      'utf8',
    );
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  }

  async #dataKey() {
    const now = this.#clock.now();
    if (this.#current && this.#current.until > now) return this.#current;
    const { Plaintext, CiphertextBlob } = await this.#kms
      .send(new GenerateDataKeyCommand({ KeyId: this.#keyId, KeySpec: 'AES_256' }))
      .catch(kmsFailed);
    if (!Plaintext || !CiphertextBlob) throw new Error('KMS answered without a data key');
    this.#current = {
      plain: Buffer.from(Plaintext),
      wrapped: Buffer.from(CiphertextBlob).toString('base64'),
      until: now + KEY_KEPT_MS,
    };
    return this.#current;
  }

  async #unwrap(wrapped: string): Promise<Buffer> {
    const known = this.#opened.get(wrapped);
    if (known) return known;
    const { Plaintext } = await this.#kms
      .send(new DecryptCommand({ KeyId: this.#keyId, CiphertextBlob: Buffer.from(wrapped, 'base64') }))
      .catch(kmsFailed);
    if (!Plaintext) throw new Error('KMS answered without a key');
    const plain = Buffer.from(Plaintext);
    if (this.#opened.size >= MAX_OPENED_KEYS) this.#opened.clear();
    this.#opened.set(wrapped, plain);
    return plain;
  }
}

function kmsFailed(cause: unknown): never {
  throw new AppError(
    'SERVICE_UNAVAILABLE',
    'Environment values cannot be encrypted at the moment. Try again shortly.',
    { cause },
  );
}
