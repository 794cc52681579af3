import { siteRoutes } from '../../lambdas/site/routes';
import { keyThrough, onTable, readSecrets } from '../constructs/access';
import type { Ground, Room } from './room';

export const siteRoom = ({ data }: Ground): Room => ({
  name: 'site',
  description: 'Health, description and demo page; answers what no room owns',
  routes: siteRoutes,
  catchAll: true,
  access: [
    // Health asks whether the table answers.
    onTable(data.runs, 'GetItem'),
    onTable(data.entities, 'GetItem', 'UpdateItem'),
    readSecrets(data),
    keyThrough(data, 'dynamodb', 'secretsmanager'),
  ],
});
