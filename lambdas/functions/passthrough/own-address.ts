import type { Headers } from '../../platform/auth/principal';
import type { OwnAddress } from './invocation-url';
import type { Outbound } from '../ports';

/** Under which hosts this stage answers, as far as this request tells: URLs to them are not called, the engine runs. */
export function ownAddress(functionId: string, headers: Headers, { ownHosts }: Pick<Outbound, 'ownHosts'>): OwnAddress {
  const seen = [headers['host'], headers['x-forwarded-host'], ...ownHosts];
  return {
    functionId,
    hosts: new Set(seen.flatMap((host) => host?.split(',').map((one) => one.trim().toLowerCase()) ?? [])),
  };
}
