import { EMULATOR_ACCOUNT } from './config-defaults';
import type { Problem } from './config-values';

/**
 * Rules between settings. They look at settings as they were given, right or wrong each by itself, so that one look at
 * the message tells everything there is to mend.
 */
export function brokenRules(settings: Readonly<Record<string, unknown>>): Problem[] {
  if (settings['stage'] === 'local') return localRules(settings);
  const { auth, allowedCidrs, edge: given } = settings;
  const edge = typeof given === 'object' && given !== null ? { ...NO_EDGE, ...given } : NO_EDGE;
  const networks = Array.isArray(allowedCidrs) ? allowedCidrs.length : undefined;
  const problems: Problem[] = [];
  const refuse = (path: string[], message: string) => problems.push({ path, message });

  if (edge.enabled === false) refuse(['edge', 'enabled'], 'must be true on AWS: the edge is the only public address');
  if (auth === 'none' && networks === 0)
    refuse(['allowedCidrs'], 'must name the networks that may call, because auth is "none"');
  if (networks !== undefined && networks > 0 && edge.waf === false)
    refuse(['edge', 'waf'], 'must be true: the firewall is what enforces allowedCidrs');
  const missing = edge.domainName === undefined ? 'domainName' : 'certificateArn';
  if ((edge.domainName === undefined) !== (edge.certificateArn === undefined))
    refuse(['edge', missing], 'must be given too: a host name needs its certificate and the other way round');
  const { alarmEmail, alarmTopicArn, maxConcurrentRuns, monthlyBudgetUsd } = settings;
  const nobody = alarmEmail === undefined && alarmTopicArn === undefined;
  if (settings['stage'] === 'prod') {
    if (maxConcurrentRuns === undefined || maxConcurrentRuns === null)
      refuse(
        ['maxConcurrentRuns'],
        'must say how many runs there may be at the same time: up to a third of what the account may run at once, which is 300 ' +
          'of the common 1000 (npm run preflight looks)',
      );
    if (nobody) refuse(['alarmEmail'], 'must say who is told when something is wrong (or alarmTopicArn an SNS topic)');
  } else if (nobody && typeof monthlyBudgetUsd === 'number')
    refuse(['alarmEmail'], 'must say who is told of the budget (or alarmTopicArn an SNS topic)');
  return problems;
}

const NO_EDGE: Readonly<Record<'enabled' | 'waf' | 'domainName' | 'certificateArn', unknown>> = {
  enabled: undefined,
  waf: undefined,
  domainName: undefined,
  certificateArn: undefined,
};

/** It has no credentials and no firewall: nothing but an emulator may take it. */
const localRules = ({ account }: Readonly<Record<string, unknown>>): Problem[] =>
  account === EMULATOR_ACCOUNT ? [] : [{ path: ['account'], message: `must be "${EMULATOR_ACCOUNT}", the emulator's` }];
