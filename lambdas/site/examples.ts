import type { Examples } from '../platform/manifest';

/** What the shared paths answer. */
export const siteExamples: Examples = {
  Health: {
    status: 'healthy',
    environment: 'prod',
    services: { store: 'up' },
    provider: 'rules',
    embedder: 'local',
  },
  getPlatform: { name: 'Narae', service: 'narae', version: '0.1.0', status: 'running', docs: '/docs' },
  getOpenApi: { openapi: '3.1.0', info: { title: 'Narae', version: '0.1.0' }, paths: {} },
  getDocs: '<!doctype html>...',
  getRedoc: '<!doctype html>...',
  getDocsAsset: '...',
};
