import type { Examples } from '../platform/manifest';

/** What streams send. */

const INVOCATION_ID = 'inv-01M7YAZEW9K741FYP5YSQVN6ZE';

const EVENT = {
  type: 'LOG',
  invocationId: INVOCATION_ID,
  seq: 5,
  ts: '2026-11-21T05:58:58.482Z',
  line: 'hi Bora',
  payload: { line: 'hi Bora', stream: 'stdout' },
};

const TASK_EVENT = {
  type: 'STATUS',
  task_id: 'b7Yd2KqWm4',
  seq: 3,
  ts: '2026-11-21T01:30:04.120Z',
  status: 'running',
  payload: { status: 'running', stage: 'building' },
};

const THINKING = { content: '[rules] Company-wide, up to 12,000,000 won.', is_final: false };

const UTTERANCE = {
  turn: 1,
  speaker_name: 'Ha Min',
  speaker_role: 'PM',
  text: '[rules] As somebody cautious, I would like a rehearsal first.',
  perspective: 'concerned',
};

export const streamExamples: Examples = {
  streamInvocation: `retry: 2000\n\nid: 5\nevent: LOG\ndata: ${JSON.stringify(EVENT)}\n\n`,
  streamTask: `retry: 2000\n\nid: 3\nevent: STATUS\ndata: ${JSON.stringify(TASK_EVENT)}\n\n`,
  streamDecision: `retry: 3000\n\nid: 2\nevent: initial_decision.thinking\ndata: ${JSON.stringify(THINKING)}\n\n`,
  generateMeeting: `retry: 3000\n\nid: 1\nevent: utterance\ndata: ${JSON.stringify(UTTERANCE)}\n\n`,
  VirtualMeetingRequest: {
    issue_id: 'iss_01M8DG6YC1K3X41BJ71QDV3TDZ',
    participants: [
      { name: 'Ha Min', role: 'PM', persona_description: 'cautious' },
      { name: 'Oh Nari', role: 'Engineering Team Lead', persona_description: 'knows the ledger' },
    ],
    meeting_config: { target_turns: 10, tone: 'balanced', conflict_level: 'medium' },
  },
};
