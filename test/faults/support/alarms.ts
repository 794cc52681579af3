import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { clientConfig } from '../../../local/aws';
import type { AlarmDefinition } from '../../../local/operations/alarm-definition';
import { alarmStates } from '../../../local/operations/alarm-state';
import { alarmsOfTemplate } from '../../../local/operations/alarm-template';
import { PROD, stageOf } from '../../stacks/stage';

const DEPLOYED = 'prod';
const HERE = 'local';

/**
 * Alarms that watch runs, as `prod` deploys them, over what is measured here: a laptop has the metrics, but no alarms. Takes as
 * long as a synthesis, and nothing else goes on in this process meanwhile.
 *
 * @param names without the stage, e.g. `runs-lost`
 * @throws Error where the stage has no such alarm
 */
export function alarmsNamed(names: readonly string[]): AlarmDefinition[] {
  const all = stageOf(DEPLOYED, PROD).all.flatMap(({ template }) =>
    alarmsOfTemplate(template, (value) => (value === DEPLOYED ? HERE : JSON.stringify(value))),
  );
  return names.map((name) => {
    const alarm = all.find((one) => one.name === `narae-${DEPLOYED}-${name}`);
    if (!alarm) throw new Error(`There is no alarm ${name}.`);
    return alarm;
  });
}

/** @returns those of the alarms that would ring now, in their order */
export async function ringingOf(endpoint: string, alarms: readonly AlarmDefinition[]): Promise<AlarmDefinition[]> {
  const client = new CloudWatchClient(clientConfig(endpoint));
  try {
    const states = await alarmStates(client, alarms, Date.now());
    return states.filter(({ state }) => state === 'ALARM').map(({ alarm }) => alarm);
  } finally {
    client.destroy();
  }
}
