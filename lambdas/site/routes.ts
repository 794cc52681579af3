import * as z from 'zod';
import type { RouteTable } from '../platform/http/route';
import { Health, Platform } from './contract';

/** Paths that belong to the platform as a whole (docs/contracts/common.md#shared-paths-public-no-credentials). */

const health = {
  method: 'GET',
  summary: 'Say whether the platform can work',
  scope: 'public',
  success: { status: 200, body: Health, otherwise: { status: 503, body: Health } },
  errors: ['SERVICE_UNAVAILABLE'],
} as const;

export const siteRoutes = {
  getPlatform: {
    method: 'GET',
    path: '/',
    summary: 'Say what this is; a browser gets the demo page',
    scope: 'public',
    success: { status: 200, body: z.union([Platform, z.string()]) },
    errors: [],
  },
  getHealth: { ...health, path: '/health' },
  getApiHealth: { ...health, path: '/api/health' },
  getOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description',
    scope: 'public',
    success: { status: 200, body: z.record(z.string(), z.unknown()) },
    errors: [],
  },
  getDocs: {
    method: 'GET',
    path: '/docs',
    summary: 'Documentation of the API for people: Swagger UI',
    scope: 'public',
    success: { status: 200, contentType: 'text/html; charset=utf-8', body: z.string() },
    errors: [],
  },
  getRedoc: {
    method: 'GET',
    path: '/redoc',
    summary: 'Documentation of the API for people, on one page: Redoc',
    scope: 'public',
    success: { status: 200, contentType: 'text/html; charset=utf-8', body: z.string() },
    errors: [],
  },
  getDocsAsset: {
    method: 'GET',
    path: '/docs/{asset}',
    summary: 'A script or a style sheet of the documentation',
    scope: 'public',
    params: z.object({ asset: z.string() }),
    success: { status: 200, contentType: 'text/javascript; charset=utf-8', body: z.string(), orBytes: true },
    errors: ['ROUTE_NOT_FOUND'],
  },
} as const satisfies RouteTable;
