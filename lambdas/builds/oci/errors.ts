/** What a registry did not do for us. Messages hold no credentials, and no part of a registry's answer. */
export class RegistryError extends Error {
  override readonly name: string = 'RegistryError';
}

/** The registry does not take the credentials, or they may not do this. */
export class PushDenied extends RegistryError {
  override readonly name = 'PushDenied';
}

/** The registry refused, failed or did not answer, after all tries. */
export class PushError extends RegistryError {
  override readonly name = 'PushError';
}

/** There is no such repository, tag, manifest or blob. */
export class ImageNotFound extends RegistryError {
  override readonly name = 'ImageNotFound';
}
