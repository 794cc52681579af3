import { runInNewContext } from 'node:vm';
import { CfnElement } from 'aws-cdk-lib';
import * as z from 'zod';
import { buildStage, removeAssemblies, synthesized, type BuiltStage } from './built-stage';
import { namedStage, PROD, resource, resources, templateOf, type Stage } from './stage';

afterAll(removeAssemblies);

const Behavior = z.looseObject({ TargetOriginId: z.string(), PathPattern: z.string().optional() });
const Origin = z.looseObject({
  Id: z.string(),
  DomainName: z.unknown(),
  CustomOriginConfig: z.looseObject({ OriginReadTimeout: z.number(), OriginProtocolPolicy: z.string() }),
  OriginCustomHeaders: z.array(z.object({ HeaderName: z.string(), HeaderValue: z.string() })),
});
const Distribution = z.object({
  DistributionConfig: z.looseObject({
    DefaultCacheBehavior: Behavior,
    CacheBehaviors: z.array(Behavior),
    Origins: z.array(Origin),
    WebACLId: z.unknown().optional(),
    Aliases: z.array(z.string()).optional(),
    ViewerCertificate: z.unknown().optional(),
  }),
});

function edgeOf(stage: Stage) {
  if (!stage.edge) throw new Error('no edge');
  const { DistributionConfig } = Distribution.parse(resource(stage.edge, 'AWS::CloudFront::Distribution').Properties);
  return { ...stage, edge: stage.edge, distribution: DistributionConfig };
}

const Rule = z.looseObject({
  Name: z.string(),
  Priority: z.number(),
  Action: z.looseObject({ Block: z.unknown().optional() }).optional(),
  Statement: z.looseObject({}),
});
const rulesOf = (edge: Parameters<typeof resource>[0]) =>
  z.object({ Rules: z.array(Rule) }).parse(resource(edge, 'AWS::WAFv2::WebACL').Properties).Rules;

describe.each([
  ['near', edgeOf(namedStage('prod'))],
  ['far from us-east-1', edgeOf(namedStage('closed'))],
])('the edge of a stage %s', (_, { edge, distribution }) => {
  const { DefaultCacheBehavior, CacheBehaviors, Origins } = distribution;
  const originOf = (id: string) => Origins.find(({ Id }) => Id === id);

  test('stands in us-east-1', () => {
    expect(edge.region).toBe('us-east-1');
  });

  test('sends streams to the function URL and all else to the API', () => {
    expect(CacheBehaviors.map(({ PathPattern }) => PathPattern)).toEqual([
      '/stream/*',
      '/api/decisions/stream/*',
      '/api/virtual-meetings/generate/*',
    ]);
    expect(JSON.stringify(originOf(DefaultCacheBehavior.TargetOriginId)?.DomainName)).toMatch(/ApiId.*execute-api/);
    for (const { TargetOriginId, AllowedMethods } of CacheBehaviors) {
      expect(JSON.stringify(originOf(TargetOriginId)?.DomainName)).toMatch(/StreamHost/);
      expect(AllowedMethods).toContain('POST');
    }
  });

  test('tells the API which host the caller used and from where, whatever the caller says of it', () => {
    const { FunctionCode } = z
      .looseObject({ FunctionCode: z.string() })
      .parse(resource(edge, 'AWS::CloudFront::Function').Properties);
    const headers = {
      host: { value: 'run.example.com' },
      'x-forwarded-host': { value: 'evil.example' },
      'x-narae-visitor': { value: '198.51.100.1' },
    };
    const sent: unknown = runInNewContext(`${FunctionCode}; handler(event)`, {
      event: { viewer: { ip: '203.0.113.7' }, request: { uri: '/', headers } },
    });
    expect(sent).toEqual({
      uri: '/',
      headers: {
        host: { value: 'run.example.com' },
        'x-forwarded-host': { value: 'run.example.com' },
        'x-narae-visitor': { value: '203.0.113.7' },
      },
    });
    expect(DefaultCacheBehavior).toMatchObject({ FunctionAssociations: [{ EventType: 'viewer-request' }] });
  });

  test('caches and compresses nothing, takes every method, and HTTPS only', () => {
    for (const behavior of [DefaultCacheBehavior, ...CacheBehaviors])
      expect(behavior).toMatchObject({
        Compress: false,
        ViewerProtocolPolicy: 'https-only',
        AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
        // AWS's own policies: CachingDisabled, AllViewerExceptHostHeader.
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      });
  });

  test('waits longer than a heartbeat of a stream takes', () => {
    for (const { CustomOriginConfig } of Origins) {
      expect(CustomOriginConfig.OriginReadTimeout).toBeGreaterThanOrEqual(30);
      expect(CustomOriginConfig.OriginProtocolPolicy).toBe('https-only');
    }
  });

  test('proves to both origins that a request came through it, by a secret that no template holds', () => {
    for (const { OriginCustomHeaders } of Origins) {
      const [header, ...others] = OriginCustomHeaders;
      expect(others).toEqual([]);
      expect(header?.HeaderName).toBe('x-narae-origin');
      expect(header?.HeaderValue).toMatch(/^\{\{resolve:secretsmanager:narae\/(prod|closed)\/origin:SecretString:/);
    }
  });

  test('says what browsers should insist on', () => {
    expect(JSON.stringify(resource(edge, 'AWS::CloudFront::ResponseHeadersPolicy').Properties)).toMatch(
      /"ContentTypeOptions":\{"Override":true\}.*"StrictTransportSecurity":\{"AccessControlMaxAgeSec":31536000/,
    );
  });

  test('logs requests, without query strings, cookies and credentials', () => {
    const Delivery = z.object({ RecordFields: z.array(z.string()) });
    const { RecordFields } = Delivery.parse(resource(edge, 'AWS::Logs::Delivery').Properties);
    expect(RecordFields).toEqual(expect.arrayContaining(['c-ip', 'cs-method', 'cs-uri-stem', 'sc-status']));
    expect(RecordFields.filter((field) => /query|cookie|authorization/i.test(field))).toEqual([]);
  });

  test('stands behind its firewall', () => {
    const [acl] = resources(edge, 'AWS::WAFv2::WebACL').keys();
    expect(distribution.WebACLId).toEqual({ 'Fn::GetAtt': [acl, 'Arn'] });
  });

  test('logs what the firewall refused, without credentials and queries, and shows none in samples', () => {
    const logging = resource(edge, 'AWS::WAFv2::LoggingConfiguration').Properties;
    const name = z.string().parse(resource(edge, 'AWS::Logs::LogGroup').Properties['LogGroupName']);
    expect(name).toMatch(/^aws-waf-logs-narae-(prod|closed)$/);
    // Without the `:*` that the group's own attribute ends in.
    expect(JSON.stringify(logging['LogDestinationConfigs'])).toMatch(new RegExp(`:log-group:${name}"`));
    expect(logging['LoggingFilter']).toMatchObject({
      DefaultBehavior: 'DROP',
      Filters: [{ Behavior: 'KEEP', Conditions: [{ ActionCondition: { Action: 'BLOCK' } }] }],
    });
    const headers = ['authorization', 'x-api-key', 'cookie', 'referer'];
    expect(logging['RedactedFields']).toEqual([
      ...headers.map((Name) => ({ SingleHeader: { Name } })),
      { QueryString: {} },
    ]);
    expect(resource(edge, 'AWS::WAFv2::WebACL').Properties['DataProtectionConfig']).toEqual({
      DataProtections: [
        { Field: { FieldType: 'SINGLE_HEADER', FieldKeys: headers }, Action: 'SUBSTITUTION' },
        { Field: { FieldType: 'SINGLE_COOKIE' }, Action: 'SUBSTITUTION' },
        { Field: { FieldType: 'QUERY_STRING' }, Action: 'SUBSTITUTION' },
      ],
    });
  });

  test('attack rules leave bodies alone, which are code, and long queries of callbacks', () => {
    const common = rulesOf(edge).find(({ Name }) => Name === 'common-attacks');
    const Group = z.object({
      ManagedRuleGroupStatement: z.object({
        Name: z.literal('AWSManagedRulesCommonRuleSet'),
        RuleActionOverrides: z.array(z.object({ Name: z.string(), ActionToUse: z.object({ Count: z.unknown() }) })),
      }),
    });
    const { RuleActionOverrides } = Group.parse(common?.Statement).ManagedRuleGroupStatement;
    expect(RuleActionOverrides.map(({ Name }) => Name)).toEqual(
      expect.arrayContaining([
        'SizeRestrictions_BODY',
        'SizeRestrictions_QUERYSTRING',
        'CrossSiteScripting_BODY',
        'EC2MetaDataSSRF_BODY',
        'GenericLFI_BODY',
        'GenericRFI_BODY',
      ]),
    );
  });

  test('who calls too often is answered as the contract says', () => {
    const { CustomResponseBodies } = z
      .object({ CustomResponseBodies: z.record(z.string(), z.object({ Content: z.string() })) })
      .parse(resource(edge, 'AWS::WAFv2::WebACL').Properties);
    const tooMany = rulesOf(edge).find(({ Name }) => Name === 'too-many');
    expect(tooMany?.Action).toMatchObject({
      Block: { CustomResponse: { ResponseCode: 429, ResponseHeaders: [{ Name: 'Retry-After', Value: '60' }] } },
    });
    expect(JSON.parse(CustomResponseBodies['too-many-requests']?.Content ?? '')).toMatchObject({
      error: { code: 'RATE_LIMITED' },
    });
  });
});

describe('allowedCidrs', () => {
  const firewallOf = (allowedCidrs: string[]) => {
    const { edge } = edgeOf(synthesized(buildStage({ name: 'dev', overrides: { auth: 'none', allowedCidrs } })));
    const sets = [...resources(edge, 'AWS::WAFv2::IPSet').values()].map(({ Properties }) => Properties);
    return { sets, first: rulesOf(edge).sort((a, b) => a.Priority - b.Priority)[0] };
  };

  test('come first and refuse every other address', () => {
    const { sets, first } = firewallOf(['10.0.0.0/8', '192.0.2.0/24']);
    expect(sets).toMatchObject([{ IPAddressVersion: 'IPV4', Addresses: ['10.0.0.0/8', '192.0.2.0/24'] }]);
    expect(first?.Action).toHaveProperty('Block');
    expect(first?.Statement).toHaveProperty('NotStatement.Statement.IPSetReferenceStatement');
  });

  test('of both kinds refuse what is in neither', () => {
    const { sets, first } = firewallOf(['10.0.0.0/8', '2001:db8::/32']);
    expect(sets.map(({ IPAddressVersion }) => IPAddressVersion)).toEqual(['IPV4', 'IPV6']);
    const And = z.object({
      AndStatement: z.object({ Statements: z.array(z.object({ NotStatement: z.looseObject({}) })).length(2) }),
    });
    expect(And.safeParse(first?.Statement).success).toBe(true);
  });

  test('left out, callers may be anywhere', () => {
    const { edge } = edgeOf(namedStage('dev'));
    expect(resources(edge, 'AWS::WAFv2::IPSet').size).toBe(0);
    expect(rulesOf(edge).map(({ Name }) => Name)).toEqual(['too-many', 'common-attacks']);
  });
});

describe('a host name of its own', () => {
  test('comes with its certificate and TLS 1.2', () => {
    const { distribution } = edgeOf(namedStage('closed'));
    expect(distribution.Aliases).toEqual(['run.example.com']);
    expect(distribution.ViewerCertificate).toMatchObject({
      MinimumProtocolVersion: 'TLSv1.2_2021',
      SslSupportMethod: 'sni-only',
    });
  });
});

describe('an origin that is made anew', () => {
  const templateAfter = (change: (stage: BuiltStage) => void, said = {}): string => {
    const stage = buildStage({ name: 'prod', overrides: PROD, said });
    change(stage);
    return JSON.stringify(templateOf(edgeOf(synthesized(stage)).edge));
  };
  const before = templateAfter(() => undefined);

  test.each<[string, (stage: BuiltStage) => void]>([
    ['the API', ({ api }) => rename(api.api.node.defaultChild)],
    ['the address of streams', ({ engine }) => rename(engine.streamUrl.node.defaultChild)],
  ])('%s: the edge is updated too, and reads its host again', (_, change) => {
    expect(templateAfter(change)).not.toBe(before);
  });

  test('so is it where a deployment noticed one that no template tells of', () => {
    expect(templateAfter(() => undefined, { origins: 'ApiId is second' })).not.toBe(before);
  });

  test('nothing else touches it', () => {
    expect(templateAfter(() => undefined)).toBe(before);
  });

  function rename(element: unknown): void {
    if (!(element instanceof CfnElement)) throw new Error('no resource');
    element.overrideLogicalId('MadeAnew');
  }
});

test('the local stage has no edge and no alarms', () => {
  const { edge, ops } = namedStage('local');
  expect({ edge, ops }).toEqual({ edge: undefined, ops: undefined });
});
