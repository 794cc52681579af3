import type { Examples } from '../platform/manifest';

/** What the jobs API is sent and answers. */

const JOB_ID = '0197f3c2-5a1e-7c44-9b0d-3f6a1d2e8b75';
const JOB_TIMES = { started_at: '2026-11-21T05:58:58.176Z', completed_at: '2026-11-21T05:58:58.489Z' };
const RESOURCE = { cpu_percent: 71.4, memory_mb: 9.6, execution_time_ms: 21.3 };
const LOG_KEY = `logs/${JOB_ID}/1.json`;
const LOGS_URL = 'https://narae.example.com/api/log?key=logs%2F1.json';

export const jobsExamples: Examples = {
  Job: {
    job_id: JOB_ID,
    project: 'shouting',
    code_key: `code/${JOB_ID}`,
    s3_key: `code/${JOB_ID}`,
    status: 'SUCCESS',
    message: 'The script ended with exit code 0.',
    log_key: LOG_KEY,
    logs_url: LOGS_URL,
    stdout: 'HELLO\n',
    stderr: '',
    resource: RESOURCE,
    data: {
      created_at: '2026-11-21T05:58:57.673Z',
      updated_at: '2026-11-21T05:58:58.489Z',
      ...JOB_TIMES,
      code_key: `code/${JOB_ID}`,
      language: 'python',
      runtime: 'python3.13',
      function_name: null,
      description: null,
      stdout: 'HELLO\n',
      stderr: '',
      resource: RESOURCE,
    },
  },
  JobFlatStatus: {
    job_id: JOB_ID,
    status: 'SUCCESS',
    project: 'shouting',
    created_at: '2026-11-21T05:58:57.673Z',
    ...JOB_TIMES,
    timeout_ms: 30_000,
    log_key: LOG_KEY,
    logs_url: LOGS_URL,
  },
  Project: { project_id: 3, project: 'night runs', description: null },
  ClusterMetrics: {
    cluster_name: 'narae',
    metrics: [{ timestamp: '2026-11-21T05:58:00.000Z', cpu_utilization: 12.5, memory_utilization: 40.1 }],
  },
  MetricNames: { cluster_name: 'narae', metric_names: ['cpu_utilization', 'memory_utilization'] },
  getLog: '{"stdout":"HELLO\\n","stderr":""}',
};
