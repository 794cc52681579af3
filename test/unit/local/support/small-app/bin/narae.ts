import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { CorsHttpMethod, HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, FunctionUrlAuthType, InvokeMode, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/**
 * The least that `npm start` can start: an HTTP API and a function that streams, with the stack and output names of
 * the real app. It deploys in seconds, so that tests can start and stop it as often as they like.
 */

const environment = { MINISTACK_LAMBDA_PROXY_URL: process.env['NARAE_LAMBDA_PROXY_URL'] ?? '' };

const functionOf = (scope: Construct, id: string, source: string) =>
  new LambdaFunction(scope, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline(source),
    environment,
  });

const app = new App();

const engine = new Stack(app, 'narae-local-engine');
const stream = functionOf(
  engine,
  'Stream',
  `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
    console.log('asked for ' + event.rawPath);
    stream.write('streamed ' + event.rawPath);
    stream.end();
  });`,
);
stream.addFunctionUrl({ authType: FunctionUrlAuthType.NONE, invokeMode: InvokeMode.RESPONSE_STREAM });
new CfnOutput(engine, 'StreamFunctionName', { value: stream.functionName });
new CfnOutput(engine, 'StreamPaths', { value: '/stream' });

const api = new Stack(app, 'narae-local-api');
const http = new HttpApi(api, 'Http', {
  corsPreflight: { allowOrigins: ['*'], allowMethods: [CorsHttpMethod.ANY], allowHeaders: ['Content-Type'] },
  defaultIntegration: new HttpLambdaIntegration(
    'Answer',
    functionOf(
      api,
      'Function',
      `exports.handler = async (event) => {
        console.log('asked for ' + event.rawPath);
        return {
          statusCode: 200,
          headers: { 'X-Request-Id': 'req-small' },
          body: JSON.stringify({ path: event.rawPath, pid: process.pid }),
        };
      };`,
    ),
  ),
});
new CfnOutput(api, 'ApiId', { value: http.apiId });
