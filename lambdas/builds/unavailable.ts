import { AppError } from '../platform/http/errors';

/** Of what this installation does not have yet. @throws AppError `TARGET_UNAVAILABLE` */
export const unavailable = (what: string) => (): Promise<never> =>
  Promise.reject(new AppError('TARGET_UNAVAILABLE', `${what} is not available in this installation.`));
