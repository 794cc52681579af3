import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { storeFailed } from '../../platform/dynamo/store-errors';
import type { Artifact } from '../artifact';
import type { TaskResult } from '../contract';
import type { SourceFiles } from '../request/archive';
import { untarGz } from './tar';
import { unzipped, zipped } from './zip';

/** Longer than the steps that use an address may take. */
const SIGNED_SECONDS = 600;

interface Owner {
  readonly workspace: string;
  readonly id: string;
}

const sourcePrefix = ({ workspace, id }: Owner): string => `build-sources/${workspace}/${id}/`;
const sourceKey = (task: Owner): string => `${sourcePrefix(task)}source.zip`;
const artifactKey = (taskId: string, name: string): string => `build-artifacts/${taskId}/${name}`;

/** Sources and what is made of them, in the bucket (docs/contracts/builds.md#storage). */
export class BuildStore {
  readonly bucket: string;
  readonly #s3: S3Client;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.bucket = bucket;
  }

  /** Where clients are told that it is; ends in a slash. */
  sourcePath(task: Owner): string {
    return `s3://${this.bucket}/${sourcePrefix(task)}`;
  }

  /** As one object, whatever was uploaded: a thousand files would be a thousand writes. */
  async putSource(task: Owner, files: SourceFiles): Promise<void> {
    await this.#put(sourceKey(task), zipped(files));
  }

  async source(task: Owner): Promise<SourceFiles> {
    return unzipped(await this.#get(sourceKey(task)));
  }

  async deleteSource(task: Owner): Promise<void> {
    await this.#s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: sourceKey(task) })).catch(storeFailed);
  }

  /** An address to read it at, for a function that has no rights. */
  sourceUrl(task: Owner): Promise<string> {
    const get = new GetObjectCommand({ Bucket: this.bucket, Key: sourceKey(task) });
    return getSignedUrl(this.#s3, get, { expiresIn: SIGNED_SECONDS });
  }

  artifactPath(taskId: string, name: string): string {
    return `s3://${this.bucket}/${artifactKey(taskId, name)}`;
  }

  async putArtifact(taskId: string, name: string, bytes: Buffer): Promise<void> {
    await this.#put(artifactKey(taskId, name), bytes);
  }

  /** Bytes of what a task has built. */
  artifact({ path }: Artifact): Promise<Buffer> {
    return this.#get(path.slice(`s3://${this.bucket}/`.length));
  }

  /** What an installer has put among the artifacts. */
  async packages(taskId: string, name: string): Promise<SourceFiles> {
    return untarGz(await this.#get(artifactKey(taskId, name)));
  }

  /** Of a task that has built an artifact and published nothing yet. */
  resultOf(task: Owner, artifact: Artifact): TaskResult {
    return {
      wasm_path: artifact.kind === 'spin-oci' ? artifact.path : null,
      image_url: null,
      image_uri: null,
      file_path: this.sourcePath(task),
      artifact,
    };
  }

  /** An address to write it to, for a function that has no rights. */
  artifactUploadUrl(taskId: string, name: string): Promise<string> {
    const put = new PutObjectCommand({ Bucket: this.bucket, Key: artifactKey(taskId, name) });
    return getSignedUrl(this.#s3, put, { expiresIn: SIGNED_SECONDS });
  }

  /** Of an artifact that another function is to read. */
  artifactUrl(taskId: string, name: string): Promise<string> {
    const get = new GetObjectCommand({ Bucket: this.bucket, Key: artifactKey(taskId, name) });
    return getSignedUrl(this.#s3, get, { expiresIn: SIGNED_SECONDS });
  }

  async #put(Key: string, Body: Buffer): Promise<void> {
    await this.#s3.send(new PutObjectCommand({ Bucket: this.bucket, Key, Body })).catch(storeFailed);
  }

  async #get(Key: string): Promise<Buffer> {
    const object = await this.#s3.send(new GetObjectCommand({ Bucket: this.bucket, Key })).catch((error: unknown) => {
      if (error instanceof NoSuchKey) throw new Error(`${Key} is gone`, { cause: error });
      return storeFailed(error);
    });
    if (!object.Body) throw new Error(`${Key} has no body`);
    return Buffer.from(await object.Body.transformToByteArray());
  }
}
