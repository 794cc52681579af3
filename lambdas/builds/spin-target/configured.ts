import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { secretsManager } from '../../platform/aws/clients';
import { SpinConfiguration } from './contract';
import { openCluster } from './credentials';
import { SpinTarget, type SpinTargetPorts } from './spin-target';

/** The target of the stage's cluster, spoken to with the role of this function; without one, each call is refused. */
export function configuredSpinTarget(
  configuration: SpinConfiguration | undefined,
  ports: Pick<SpinTargetPorts, 'environmentOf' | 'report'> & { readonly now: () => number },
): SpinTarget {
  const secrets = secretsManager();
  return new SpinTarget({
    configuration: configuration ?? SpinConfiguration.parse({}),
    cluster: () =>
      openCluster(configuration, {
        credentials: () => secrets.config.credentials(),
        secret: async (SecretId) => {
          const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
          return SecretString;
        },
        now: ports.now,
      }),
    ...ports,
  });
}
