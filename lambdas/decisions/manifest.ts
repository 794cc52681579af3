import type { ServiceManifest } from '../platform/manifest';
import { decisionsErrors } from './errors';
import { decisionsExamples } from './examples';
import { decisionsRoutes } from './routes';
import { decisionsAlarms, decisionsWorkers } from './workers';

const NOBODYS_RUN = 'run_00000000000000000000000000';
/** Names of people are everybody's: they come with the platform. Here it is who X-User-ID is in examples. */
const anyone = { nobodys: decisionsRoutes.getMe.requestHeaders['X-User-ID'].example, everybodys: true } as const;

export const decisionsManifest: ServiceManifest = {
  name: 'decisions',
  description: 'The decisions API: issues are compiled into cards, which people decide upon',
  routes: decisionsRoutes,
  examples: decisionsExamples,
  errors: decisionsErrors,
  owned: {
    params: {
      issue_id: { nobodys: 'iss_00000000000000000000000000' },
      run_id: { nobodys: NOBODYS_RUN },
      card_id: { nobodys: 'card_00000000000000000000000000' },
      index: { nobodys: '0', everybodys: true },
      person_id: anyone,
    },
    query: {
      run_id: { nobodys: NOBODYS_RUN, emptyIfMissing: true },
      resource_id: { nobodys: NOBODYS_RUN, emptyIfMissing: true },
      actor_id: anyone,
    },
    body: { approver_id: anyone, requester_id: anyone, speaker_id: anyone },
    anonymous: ['listPersons', 'getMe', 'getFullGraph', 'getSubgraph'],
    harmless: [
      'skip',
      'limit',
      'offset',
      'status',
      'my_issues',
      'resource_type',
      'event_type',
      'period_days',
      'role',
      'node_types',
      'include_relationships',
      'max_nodes',
      'max_edges',
      'department',
      'team',
    ],
  },
  api: {
    needs: {
      runs: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
      entities: [
        'GetItem',
        'BatchGetItem',
        'Query',
        'PutItem',
        'UpdateItem',
        'DeleteItem',
        'BatchWriteItem',
        'ConditionCheckItem',
      ],
      invokes: { NARAE_DECIDER_FUNCTION: 'decider' },
      settings: ['NARAE_DECISIONS'],
    },
  },
  workers: decisionsWorkers,
  alarms: decisionsAlarms,
};
