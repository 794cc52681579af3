import type { UseCases } from '../../platform/http/endpoint';
import { cursors, pageReply } from '../pages';
import type { Ports } from '../ports';
import type { callbacksRoutes } from '../routes';
import { toCallback } from '../view';

type Service = UseCases<typeof callbacksRoutes>;

export const getCallback =
  (ports: Ports): Service['getCallback'] =>
  async ({ params }, { principal: { workspace } }) => {
    const record = await ports.callbacks.get(workspace, params.callback_id);
    const code = await ports.sources.get(workspace, record.id, record.code);
    return { body: { ...toCallback(record, ports.clock.now()), code } };
  };

export const listCallbacks =
  (ports: Ports): Service['listCallbacks'] =>
  async ({ query }, { principal: { workspace } }) => {
    const page = await ports.callbacks.list(workspace, cursors.read(query.cursor), query.limit);
    const now = ports.clock.now();
    return pageReply(
      page.items.map((record) => toCallback(record, now)),
      page.more,
      ({ callback_id }) => callback_id,
    );
  };
