import { createHash } from 'node:crypto';
import { CfnOutput, Duration, Fn, Lazy, SecretValue, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
  type AddBehaviorOptions,
  type DistributionProps,
  type FunctionAssociation,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { CfnUrl } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { acknowledge } from '../constructs/acknowledge';
import { EdgeAlarms } from '../constructs/edge-alarms';
import { EdgeLogs } from '../constructs/edge-logs';
import { Firewall } from '../constructs/firewall';
import { STREAM_PATHS } from '../constructs/stream-paths';
import type { ApiStack } from './api';
import { originSecretName, type DataStack } from './data';
import type { EngineStack } from './engine';

export interface EdgeStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly engine: EngineStack;
  readonly api: ApiStack;
}

/** The public address of a stage: one host for the API and the streams, so that a page needs no second origin. */
export class EdgeStack extends Stack {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, props);
    const { config, data, engine, api } = props;
    // The other stacks may be in another region, where an import does not reach: their outputs are read instead.
    const outputOf = (stack: Stack, name: string) => Fn.getStackOutput(stack.stackName, name, stack.region);
    for (const stack of [data, engine, api]) this.addStackDependency(stack, 'reads its outputs, or its secret by name');

    // The functions refuse what does not carry it, so that nobody goes around the firewall.
    const customHeaders = { 'x-narae-origin': originSecret(config).unsafeUnwrap() };
    const apiOrigin = new HttpOrigin(`${outputOf(api, 'ApiId')}.execute-api.${api.region}.${api.urlSuffix}`, {
      customHeaders,
      // The gateway gives up at 30 s and says so itself.
      readTimeout: Duration.seconds(40),
    });
    const streamOrigin = new HttpOrigin(outputOf(engine, 'StreamHost'), {
      customHeaders,
      // A stream is silent for 15 s at most, then comes a heartbeat.
      readTimeout: Duration.seconds(60),
    });
    const behavior: AddBehaviorOptions = {
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      responseHeadersPolicy: this.#securityHeaders(),
      // A compressed stream is a delayed stream, and answers are small.
      compress: false,
    };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: Lazy.string({ produce: () => `Narae ${config.stage} (origins ${originsOf(api, engine)})` }),
      defaultBehavior: { origin: apiOrigin, ...behavior, functionAssociations: [this.#hostOfCaller()] },
      additionalBehaviors: Object.fromEntries(
        STREAM_PATHS.map((path) => [`${path}/*`, { origin: streamOrigin, ...behavior }]),
      ),
      httpVersion: HttpVersion.HTTP2_AND_3,
      ...this.#name(config),
      ...(config.edge.waf && { webAclId: new Firewall(this, 'Firewall', { config }).webAclArn }),
    });
    new EdgeLogs(this, 'Logs', { config, of: this.distribution });
    new EdgeAlarms(this, 'Alarms', { config, of: this.distribution });
    this.#acknowledge(config);
    const host = config.edge.domainName ?? this.distribution.distributionDomainName;
    new CfnOutput(this, 'Url', { value: `https://${host}` });
    // What this stack knows of the others: a deployment compares it with what they say (bin/deploy).
    new CfnOutput(this, 'KnownApiId', { value: outputOf(api, 'ApiId') });
    new CfnOutput(this, 'KnownStreamHost', { value: outputOf(engine, 'StreamHost') });
    new CfnOutput(this, 'DistributionDomainName', { value: this.distribution.distributionDomainName });
  }

  #name({ edge }: StageConfig): Pick<DistributionProps, 'domainNames' | 'certificate' | 'minimumProtocolVersion'> {
    if (edge.domainName === undefined || edge.certificateArn === undefined) return {};
    return {
      domainNames: [edge.domainName],
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', edge.certificateArn),
    };
  }

  /** The gateway behind us needs its own host name, so what the caller used travels beside it (platform/public-origin). */
  #hostOfCaller(): FunctionAssociation {
    const code = [
      'function handler(event) {',
      '  var request = event.request;',
      "  request.headers['x-forwarded-host'] = { value: request.headers.host.value };",
      // The gateway sees the edge's address only; telemetry logs this one.
      "  request.headers['x-narae-visitor'] = { value: event.viewer.ip };",
      '  return request;',
      '}',
    ].join('\n');
    return {
      eventType: FunctionEventType.VIEWER_REQUEST,
      function: new EdgeFunction(this, 'HostOfCaller', {
        comment: 'Says which host the caller used',
        code: FunctionCode.fromInline(code),
        runtime: FunctionRuntime.JS_2_0,
      }),
    };
  }

  #securityHeaders(): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'SecurityHeaders', {
      comment: 'What a function does not say itself',
      securityHeadersBehavior: {
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: false },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override: false },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
      },
    });
  }

  #acknowledge({ edge }: StageConfig): void {
    const { distribution } = this;
    acknowledge(distribution, 'AwsSolutions-CFR1', 'Callers may be anywhere; allowedCidrs is what narrows it.');
    acknowledge(
      distribution,
      'AwsSolutions-CFR3',
      'Logs go out by standard logging v2, which needs no bucket with ACLs.',
    );
    if (edge.domainName === undefined)
      acknowledge(
        distribution,
        'AwsSolutions-CFR4',
        'CloudFront sets the protocols of its own host name; a stage that has one of its own asks for TLS 1.2.',
      );
    if (!edge.waf) acknowledge(distribution, 'AwsSolutions-CFR2', 'The stage says so: edge.waf is false.');
  }
}

/**
 * Changes when the API or the address of streams is made anew. They are read by output, which CloudFormation does only when
 * a resource of this stack changes, so this is in one (ADR 0011).
 */
function originsOf({ api }: ApiStack, { streamUrl }: EngineStack): string {
  const made = [api.node.defaultChild, streamUrl.node.defaultChild].map((element) => {
    if (element instanceof CfnApi) return element.stack.resolve([element.logicalId, element.protocolType]) as unknown;
    if (element instanceof CfnUrl)
      return element.stack.resolve([element.logicalId, element.targetFunctionArn]) as unknown;
    throw new TypeError('Not an origin of the edge');
  });
  // `-c origins=...`: one was made anew without its template having changed (bin/deploy.ts).
  const noticed: unknown = api.node.tryGetContext('origins');
  return createHash('sha256')
    .update(JSON.stringify([...made, noticed ?? '']))
    .digest('hex')
    .slice(0, 8);
}

const originSecret = ({ stage, edge }: StageConfig): SecretValue =>
  SecretValue.secretsManager(originSecretName(stage), {
    ...(edge.originSecretVersion !== undefined && { versionId: edge.originSecretVersion }),
  });
