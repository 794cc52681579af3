import type { OwnedName, OwnedNames, ServiceManifest } from '../../../lambdas/platform/manifest';

/** Values of names that routes of one service have: in paths, query strings and bodies. */
export interface Names {
  readonly params: Values;
  readonly query: Values;
  readonly body: Values;
}
export type Values = Readonly<Record<string, string | number>>;

/** What one workspace has. */
export interface Owned {
  /** By service. */
  readonly names: ReadonlyMap<string, Names>;
  /** Some of them stand in everything that the workspace has: whoever reads one has read what is not theirs. */
  readonly traces: readonly string[];
}

const PLACES = ['params', 'query', 'body'] as const;
const NONE: Names = { params: {}, query: {}, body: {} };

export const namesOf = ({ names }: Owned, { name }: ServiceManifest): Names => names.get(name) ?? NONE;

/** All names of a service, wherever they stand. */
export const ownedNames = ({ owned = {} }: ServiceManifest): OwnedName[] =>
  PLACES.flatMap((place) => Object.values(owned[place] ?? {}));

/** @param valueOf undefined: the name is left out */
export function valuesOf(
  { owned = {} }: ServiceManifest,
  valueOf: (one: OwnedName, name: string, place: keyof Names) => string | number | undefined,
): Names {
  const values = (place: keyof Names & keyof OwnedNames): Values =>
    Object.fromEntries(
      Object.entries(owned[place] ?? {}).flatMap(([name, one]) => {
        const value = valueOf(one, name, place);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  return { params: values('params'), query: values('query'), body: values('body') };
}

/** Names of things that nobody has: what another workspace's things must look like. */
export const nobodys = (services: readonly ServiceManifest[]): Owned => ({
  names: new Map(services.map((service) => [service.name, valuesOf(service, (one) => one.nobodys)])),
  traces: [],
});
