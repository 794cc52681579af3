import type { Examples } from '../platform/manifest';

/** What the functions API is sent and answers. */

const FUNCTION_ID = 'fn-01M7YB2K6Q8V0X4Z7N3P5R9T1C';
const EXECUTION_LOG = {
  id: 'inv-01M7YB3S2W4Y6A8C0E5G7J9L1N',
  functionId: FUNCTION_ID,
  timestamp: '2026-11-21T10:16:02.418+09:00',
  status: 'success',
  duration: 41,
  statusCode: 200,
  requestBody: { id: 'A-31' },
  responseBody: { accepted: 'A-31' },
  logs: ['order A-31'],
  level: 'info',
};

export const functionsExamples: Examples = {
  Workspace: {
    id: 'ws-01M7YB1H5K7M9P2R4T6V8X0Z3B',
    name: 'Orders',
    description: 'Everything about orders',
    createdAt: '2026-11-21T10:14:00.000+09:00',
    functionCount: 1,
    invocations24h: 3,
    errorRate: 33.33,
  },
  FunctionConfig: {
    id: FUNCTION_ID,
    workspaceId: 'ws-01M7YB1H5K7M9P2R4T6V8X0Z3B',
    name: 'order-intake',
    description: '',
    runtime: 'Python 3.12',
    runtimeVersion: '3.13',
    memory: 512,
    timeout: 10,
    httpMethods: ['POST'],
    environmentVariables: { SHOP_KEY: '********' },
    code: 'ZGVmIGhhbmRsZXIoZXZlbnQpOgogICAgcmV0dXJuIGV2ZW50WyJib2R5Il0K',
    invocationUrl: null,
    status: 'active',
    lastModified: '2026-11-21T10:15:00.000+09:00',
    lastDeployed: null,
    invocations24h: 3,
    errors24h: 1,
    avgDuration: 38,
  },
  ExecutionLog: EXECUTION_LOG,
  LogsResponse: { logs: [EXECUTION_LOG], total: 1 },
  LokiLogsResponse: {
    logs: [{ timestamp: '1795223762411000000', line: 'order A-31' }],
    total: 1,
    function_id: FUNCTION_ID,
  },
  PrometheusMetricsResponse: {
    status: 'partial',
    function_id: FUNCTION_ID,
    data: {
      cpu_total: 0.0125,
      cpu_series: [],
      window_seconds: 3_600,
      instant_query: `sum(cpu_ms{function_id="${FUNCTION_ID}"})/60000`,
      range_query: `sum(cpu_ms{function_id="${FUNCTION_ID}"})/60000`,
      raw_instant: { status: 'success' },
      raw_range: null,
    },
  },
};
