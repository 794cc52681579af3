import { buildsManifest } from './builds/manifest';
import { callbacksManifest } from './callbacks/manifest';
import { decisionsManifest } from './decisions/manifest';
import { functionsManifest } from './functions/manifest';
import { invocationsManifest } from './invocations/manifest';
import { jobsManifest } from './jobs/manifest';
import type { ServiceManifest } from './platform/manifest';
import { siteManifest } from './site/manifest';
import { streamManifest } from './stream/manifest';

/** All services, in the order in which the description of the API has them. */
export const SERVICES: readonly ServiceManifest[] = [
  invocationsManifest,
  streamManifest,
  functionsManifest,
  callbacksManifest,
  jobsManifest,
  buildsManifest,
  decisionsManifest,
  siteManifest,
];
