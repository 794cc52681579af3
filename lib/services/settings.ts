import { namesBelowApi, runsOf, type ServiceManifest, type SettingName } from '../../lambdas/platform/manifest';
import type { ServiceDependencies } from './dependencies';

/** Where the value of each variable comes from; without one the function does not get the variable. */
const SETTINGS: Readonly<Record<SettingName, (ground: ServiceDependencies) => string | undefined>> = {
  NARAE_APPS: ({ engine }) => engine.apps.settings,
  NARAE_APP_DEPLOYS: ({ engine }) => engine.apps.deploysArn,
  NARAE_DATA_KEY_ID: ({ data }) => data.key.keyId,
  NARAE_DECISIONS: ({ config }) => JSON.stringify(config.decisions),
  NARAE_FUNCTION_LOGS: ({ engine }) => engine.functionLogs.logGroupName,
  NARAE_LOKI_URL: ({ config }) => config.lokiUrl,
  NARAE_NAMESPACES: ({ config }) => config.namespaces.join(','),
  NARAE_OPEN_TARGETS: ({ config }) => config.openTargets.join(','),
  NARAE_OWN_HOSTS: ({ config }) => config.edge.domainName,
  NARAE_PROMETHEUS_URL: ({ config }) => config.prometheusUrl,
  NARAE_PUBLIC_URL: ({ config }) => config.publicUrl ?? originOf(config.edge.domainName),
  NARAE_REGISTRIES: ({ config }) => JSON.stringify(config.registries),
  NARAE_REGISTRY: ({ data }) => data.images.repositoryUri,
  NARAE_RESERVED_NAMES: ({ services }) => unlistedNames(services),
  NARAE_SERVICE_RUNS: ({ services }) => JSON.stringify(runsOf(services)),
  NARAE_SPIN: ({ config }) => config.spin && JSON.stringify(config.spin),
};

export function settingsOf(names: readonly SettingName[], ground: ServiceDependencies): Record<string, string> {
  const given = names.flatMap((name) => {
    const value = SETTINGS[name](ground);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

const originOf = (domainName: string | undefined): string | undefined =>
  domainName === undefined ? undefined : `https://${domainName}`;

/** Names that routes have below `/api`, and that no manifest lists. */
function unlistedNames(services: readonly ServiceManifest[]): string | undefined {
  const listed = new Set(services.flatMap(({ reservedNames = [] }) => reservedNames));
  const names = namesBelowApi(services).filter((name) => !listed.has(name));
  return names.length > 0 ? names.join(',') : undefined;
}
