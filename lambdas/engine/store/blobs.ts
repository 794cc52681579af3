import { createHash } from 'node:crypto';
import { DeleteObjectsCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Clock } from '../../platform/time/clock';
import { storeFailed } from '../../platform/dynamo/store-errors';
import { ByteCache } from './byte-cache';

/** Code is put again when this process has not done so for a day: that renews its age for the bucket's lifecycle. */
const CODE_KNOWN_MS = 24 * 60 * 60_000;
const CODE_CACHE_BYTES = 32 * 1024 * 1024;

/** What is too large for a record: code (content-addressed), payloads, results, and the signal that a run is cancelled. */
export class Blobs {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #clock: Clock;
  readonly #putAt = new Map<string, number>();
  readonly #codes = new ByteCache(CODE_CACHE_BYTES);

  constructor(s3: S3Client, bucket: string, clock: Clock) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#clock = clock;
  }

  /** Stores source code once. @returns its sha256, which is its address */
  async putCode(workspace: string, code: string): Promise<string> {
    const sha256 = createHash('sha256').update(code).digest('hex');
    const key = codeKey(workspace, sha256);
    const now = this.#clock.now();
    if ((this.#putAt.get(key) ?? 0) > now - CODE_KNOWN_MS) return sha256;
    await this.#put(key, code);
    if (this.#putAt.size > 10_000) this.#putAt.clear();
    this.#putAt.set(key, now);
    return sha256;
  }

  /** @throws AppError `SERVICE_UNAVAILABLE`; Error if the code is not there or not what its address says */
  async getCode(workspace: string, sha256: string): Promise<Buffer> {
    const key = codeKey(workspace, sha256);
    const kept = this.#codes.get(key);
    if (kept) return kept;
    const bytes = await this.#get(key);
    if (!bytes || createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new Error(`No intact code at ${key}`);
    this.#codes.set(key, bytes);
    return bytes;
  }

  hasCodeAtHand(workspace: string, sha256: string): boolean {
    return this.#codes.get(codeKey(workspace, sha256)) !== undefined;
  }

  async putPayload(workspace: string, runId: string, json: string): Promise<string> {
    const key = payloadKey(workspace, runId);
    await this.#put(key, json);
    return key;
  }

  async getPayload(workspace: string, runId: string): Promise<string | undefined> {
    return (await this.#get(payloadKey(workspace, runId)))?.toString('utf8');
  }

  /** What a caller sent, for the record of a run. */
  async putRequest(workspace: string, runId: string, json: string): Promise<void> {
    await this.#put(requestKey(workspace, runId), json);
  }

  async getRequest(workspace: string, runId: string): Promise<string | undefined> {
    return (await this.#get(requestKey(workspace, runId)))?.toString('utf8');
  }

  async putResult(workspace: string, runId: string, json: string): Promise<void> {
    await this.#put(resultKey(workspace, runId), json);
  }

  async getResult(workspace: string, runId: string): Promise<string | undefined> {
    return (await this.#get(resultKey(workspace, runId)))?.toString('utf8');
  }

  /** Deletes all that is kept of one run. Doing it again does no harm. */
  async deleteRun(workspace: string, runId: string): Promise<void> {
    const keys = [
      payloadKey(workspace, runId),
      requestKey(workspace, runId),
      resultKey(workspace, runId),
      cancelKey(workspace, runId),
    ];
    await this.#s3
      .send(new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }))
      .catch(storeFailed);
  }

  /** Tells a sandbox that is executing the run to stop; it polls for this object. */
  async putCancel(workspace: string, runId: string): Promise<void> {
    await this.#put(cancelKey(workspace, runId), 'cancelled');
  }

  /** An address that answers 200 once the run is cancelled, for a sandbox that has no credentials. */
  cancelUrl(workspace: string, runId: string, validSeconds: number): Promise<string> {
    return this.urlOf(cancelKey(workspace, runId), validSeconds);
  }

  urlOf(key: string, validSeconds: number): Promise<string> {
    return getSignedUrl(this.#s3, new GetObjectCommand({ Bucket: this.#bucket, Key: key }), {
      expiresIn: validSeconds,
      // Valid from our time on, not from the machine's, which may be wrong.
      signingDate: new Date(this.#clock.now()),
    });
  }

  async #put(key: string, body: string): Promise<void> {
    await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: body })).catch(storeFailed);
  }

  async #get(key: string): Promise<Buffer | undefined> {
    try {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return Body && Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      return error instanceof NoSuchKey ? undefined : storeFailed(error);
    }
  }
}

const codeKey = (workspace: string, sha256: string): string => `code/${workspace}/${sha256}`;
const payloadKey = (workspace: string, runId: string): string => `payloads/${workspace}/${runId}.json`;
const requestKey = (workspace: string, runId: string): string => `payloads/${workspace}/${runId}.request.json`;
const resultKey = (workspace: string, runId: string): string => `results/${workspace}/${runId}.json`;
const cancelKey = (workspace: string, runId: string): string => `cancel/${workspace}/${runId}`;
