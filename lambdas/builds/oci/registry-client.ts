import { digestOf, isDigest, Manifest, MANIFEST_TYPE, type Blob, type Descriptor, type OciArtifact } from './artifact';
import { ImageNotFound, PushError } from './errors';
import { RegistrySession, type RegistryOptions } from './registry-session';

/** Manifests are small; the specification asks registries to take 4 MiB. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

export interface Pushed {
  /** Of the manifest. */
  readonly digest: string;
  /** Blobs that were not there before. */
  readonly uploaded: number;
}

/**
 * One repository of an OCI registry (distribution specification 1.1). It serves one job and is closed after it.
 * No redirect is followed but that of ECR to its own downloads.
 */
export class RegistryClient {
  readonly #session: RegistrySession;

  constructor(options: RegistryOptions) {
    this.#session = new RegistrySession(options);
  }

  /**
   * Uploads what is missing, and lets the tag mean the artifact. Nothing is uploaded if it does already.
   * @throws PushDenied, PushError
   */
  async push(artifact: OciArtifact, tag: string): Promise<Pushed> {
    if ((await this.#digestOf(tag)) === artifact.digest) return { digest: artifact.digest, uploaded: 0 };
    let uploaded = 0;
    for (const blob of artifact.blobs) if (await this.#uploadIfMissing(blob)) uploaded += 1;
    const answer = await this.#session.call({
      method: 'PUT',
      at: `manifests/${tag}`,
      headers: { 'Content-Type': MANIFEST_TYPE },
      body: artifact.manifest,
      expect: [201],
    });
    if ((answer.header('docker-content-digest') ?? artifact.digest) !== artifact.digest)
      throw new PushError('The registry keeps another manifest than was sent.');
    return { digest: artifact.digest, uploaded };
  }

  /**
   * What a tag means now.
   * @throws ImageNotFound, PushDenied, PushError
   */
  async resolve(reference: string): Promise<string> {
    const digest = await this.#digestOf(reference);
    if (digest === undefined) throw new ImageNotFound('The registry has no such image.');
    return digest;
  }

  /** @throws ImageNotFound, PushDenied, PushError */
  async readManifest(reference: string): Promise<{ readonly digest: string; readonly manifest: Manifest }> {
    const answer = await this.#session.call({
      method: 'GET',
      at: `manifests/${reference}`,
      headers: { Accept: MANIFEST_TYPE },
      maxBytes: MAX_MANIFEST_BYTES,
      expect: [200, 404],
    });
    if (answer.status === 404) throw new ImageNotFound('The registry has no such image.');
    const digest = digestOf(answer.body);
    if (isDigest(reference) && digest !== reference) throw new PushError('The registry gave another manifest.');
    return { digest, manifest: readManifest(answer.body) };
  }

  /**
   * A blob as a manifest names it; its bytes are checked by the digest.
   * @throws ImageNotFound, PushDenied, PushError; the last also if it has more than `maxBytes`
   */
  async readBlob({ digest, size }: Descriptor, maxBytes: number): Promise<Buffer> {
    if (size > maxBytes) throw new PushError(`The artifact has more than ${maxBytes} bytes.`);
    const answer = await this.#session.call({
      method: 'GET',
      at: `blobs/${digest}`,
      maxBytes: size,
      expect: [200, 404],
    });
    if (answer.status === 404) throw new ImageNotFound('The registry lacks a part of the image.');
    if (digestOf(answer.body) !== digest) throw new PushError('The registry gave other bytes than it names.');
    return answer.body;
  }

  close(): void {
    this.#session.close();
  }

  async #digestOf(reference: string): Promise<string | undefined> {
    const answer = await this.#session.call({
      method: 'HEAD',
      at: `manifests/${reference}`,
      headers: { Accept: MANIFEST_TYPE },
      expect: [200, 404],
    });
    if (answer.status === 404) return undefined;
    const digest = answer.header('docker-content-digest');
    // Registries need not say it here.
    return digest !== undefined && isDigest(digest) ? digest : (await this.readManifest(reference)).digest;
  }

  async #uploadIfMissing({ descriptor: { digest }, bytes }: Blob): Promise<boolean> {
    const known = await this.#session.call({ method: 'HEAD', at: `blobs/${digest}`, expect: [200, 404] });
    if (known.status === 200) return false;
    // An upload that broke off is left to the registry, and another one begun.
    await this.#session.retried(() => this.#upload(digest, bytes));
    return true;
  }

  async #upload(digest: string, bytes: Buffer): Promise<void> {
    const session = this.#session;
    const begun = await session.once({ method: 'POST', at: 'blobs/uploads/', expect: [202] });
    const upload = session.own(begun.header('location'), 'blobs/uploads/');
    const sent = await session.once({
      method: 'PATCH',
      at: upload,
      headers: { 'Content-Type': 'application/octet-stream', 'Content-Range': `0-${bytes.length - 1}` },
      body: bytes,
      expect: [202],
    });
    const last = session.own(sent.header('location'), upload);
    last.searchParams.set('digest', digest);
    await session.once({ method: 'PUT', at: last, expect: [201] });
  }
}

function readManifest(body: Buffer): Manifest {
  try {
    return Manifest.parse(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    throw new PushError('The image has no manifest that is understood here.', { cause });
  }
}
