import { Aspects, type IAspect } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/** Sends the emulator's invokes of every function of the app to a Lambda service of ours. */
export function proxyFunctions(scope: IConstruct, url: string): void {
  const visitor: IAspect = {
    visit(construct) {
      if (construct instanceof LambdaFunction) construct.addEnvironment('MINISTACK_LAMBDA_PROXY_URL', url);
    },
  };
  Aspects.of(scope).add(visitor);
}
