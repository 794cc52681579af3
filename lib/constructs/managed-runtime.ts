import { Runtime } from 'aws-cdk-lib/aws-lambda';

/** @throws Error for a name that CDK does not know */
export function managedRuntime(name: string): Runtime {
  const found = Runtime.ALL.find((one) => one.name === name);
  if (!found) throw new Error(`Lambda has no runtime '${name}' that CDK knows of`);
  return found;
}
