import * as z from 'zod';
import type { ServiceManifest } from '../../../lambdas/platform/manifest';
import { read, send, type Target } from '../../support/api';
import { exampleBody, exampleHeaders } from './examples';
import { MAKERS, type Made } from './makers';
import { ownedNames, valuesOf, type Names, type Owned } from './names';

/** Makes one of everything in the workspace of a key, in the service's own way or as its manifest says. */
export async function makeOne(services: readonly ServiceManifest[], to: Target): Promise<Owned> {
  const names = new Map<string, Names>();
  const traces: string[] = [];
  for (const service of services) {
    const made = await (MAKERS.get(service.name)?.(to) ?? makePlainly(service, to));
    names.set(service.name, allNames(service, made));
    traces.push(...made.traces);
  }
  return { names, traces };
}

/** @throws Error naming what was not made, and is not everybody's */
const allNames = (service: ServiceManifest, made: Made): Names =>
  valuesOf(service, (one, name, place) => {
    const value = one.everybodys ? one.nobodys : made.names[place]?.[name];
    if (value === undefined)
      throw new Error(`Nothing of ${service.name} is made that '${name}' names: say how in its manifest ('madeBy').`);
    return value;
  });

/** Sends the examples of the operations by which things are made, and reads what they are named in the answers. */
async function makePlainly(service: ServiceManifest, to: Target): Promise<Made> {
  const answers = new Map<string, Record<string, unknown>>();
  const namesSoFar = () =>
    valuesOf(service, ({ madeBy }) => {
      const value = madeBy && answers.get(madeBy.operation)?.[madeBy.field];
      return typeof value === 'string' || typeof value === 'number' ? value : undefined;
    });
  for (const operation of new Set(ownedNames(service).flatMap(({ madeBy }) => madeBy?.operation ?? []))) {
    const route = service.routes[operation];
    if (!route) throw new Error(`${service.name} has no operation ${operation}`);
    const { params } = namesSoFar();
    const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const sent = { headers: exampleHeaders(route), json: exampleBody(route, service) };
    const answer = await send(route.method, path, { to, ...sent });
    answers.set(operation, read(answer, route.success.status, z.record(z.string(), z.unknown())));
  }
  const names = namesSoFar();
  const values = [names.params, names.query, names.body].flatMap((place) => Object.values(place));
  return { names, traces: values.map(String) };
}
