import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { CABECERAS } from '../../local/consultas/headers.ts';
import { CONSULTAS, WITH_CONSULTAS } from './stage-contexts.ts';
import type { StageName } from './stage-contexts.ts';
import { flatten, synthesized } from './synthesized.ts';

const Behavior = z.looseObject({
  FunctionAssociations: z.array(z.object({ EventType: z.string(), FunctionARN: z.unknown() })),
  ResponseHeadersPolicyId: z.unknown(),
});
const Distribution = z.looseObject({
  DefaultCacheBehavior: Behavior,
  CacheBehaviors: z.array(Behavior.extend({ PathPattern: z.string() })),
  Origins: z.array(z.looseObject({ DomainName: z.unknown() })),
});
const Rewritten = z.object({ uri: z.string() });

const distributionOf = (name: StageName): z.infer<typeof Distribution> =>
  Distribution.parse(
    synthesized(name, 'consultas').resource('AWS::CloudFront::Distribution').Properties['DistributionConfig'],
  );

/** CloudFront's managed policies, which have the same ids in every account. */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

describe.each(WITH_CONSULTAS)('the page of $stage', ({ name, stage: ambiente }) => {
  const stage = synthesized(name, 'consultas');
  const bucket = stage.resource('AWS::S3::Bucket');
  const distribution = distributionOf(name);
  const { DefaultCacheBehavior: files, CacheBehaviors: behaviors } = distribution;
  const [api] = behaviors;

  it('is stored in an encrypted bucket without public access', () => {
    expect(bucket.Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
    expect(bucket.Properties).not.toHaveProperty('WebsiteConfiguration');
  });

  it('can be read from the bucket by its own CloudFront distribution only, over TLS', () => {
    const Statement = z.looseObject({ Effect: z.string(), Action: z.unknown(), Principal: z.unknown() });
    const statements = z
      .object({ PolicyDocument: z.object({ Statement: z.array(Statement) }) })
      .parse(stage.resource('AWS::S3::BucketPolicy').Properties).PolicyDocument.Statement;
    expect(statements).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
    const reading = statements.filter(
      ({ Effect, Action }) => Effect === 'Allow' && JSON.stringify(Action).includes('s3:GetObject"'),
    );
    expect(reading).toMatchObject([
      {
        Action: 's3:GetObject',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Condition: { StringEquals: { 'AWS:SourceArn': expect.anything() } },
      },
    ]);
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
    expect(JSON.stringify(allowed)).not.toMatch(/"Principal":(\{"AWS":)?"\*"/);
    expect(stage.resource('AWS::CloudFront::OriginAccessControl').Properties).toMatchObject({
      OriginAccessControlConfig: { SigningBehavior: 'always', SigningProtocol: 'sigv4' },
    });
  });

  it('is served over HTTPS only, for GET and HEAD only, as is the API', () => {
    for (const behavior of [files, api]) {
      expect(behavior).toMatchObject({
        ViewerProtocolPolicy: 'redirect-to-https',
        AllowedMethods: ['GET', 'HEAD'],
      });
    }
  });

  it('serves the API below /api, with the token passed on and nothing cached', () => {
    expect(behaviors).toHaveLength(1);
    expect(api).toMatchObject({
      PathPattern: '/api/*',
      CachePolicyId: CACHING_DISABLED,
      OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST,
    });
    const origin = distribution.Origins.find(({ DomainName }) => flatten(DomainName).includes('execute-api'));
    expect(flatten(origin?.DomainName)).toBe(
      `<${stage.resource('AWS::ApiGatewayV2::Api').id}>.execute-api.us-east-1.amazonaws.com`,
    );
    expect(origin).toMatchObject({
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
    });
  });

  it('passes every answer of the API on unchanged, and keeps no error for the next reader', () => {
    expect(distribution['CustomErrorResponses']).toEqual(
      [400, 403, 404, 405, 414, 500, 501, 502, 503, 504].map((ErrorCode) => ({
        ErrorCode,
        ErrorCachingMinTTL: 0,
      })),
    );
  });

  it('requires a certificate and TLS 1.2 when it has a name of its own', () => {
    if (ambiente === 'desarrollo') expect(distribution).not.toHaveProperty('Aliases');
    else {
      expect(distribution).toMatchObject({
        Aliases: [CONSULTAS.dominio],
        ViewerCertificate: {
          AcmCertificateArn: CONSULTAS.certificadoArn,
          MinimumProtocolVersion: 'TLSv1.2_2021',
          SslSupportMethod: 'sni-only',
        },
      });
    }
  });

  it('may load its own files only, and may request only its own site and the token endpoint', () => {
    const policy = stage.resource('AWS::CloudFront::ResponseHeadersPolicy');
    for (const behavior of [files, api])
      expect(behavior?.ResponseHeadersPolicyId).toEqual({ Ref: policy.id });
    const { SecurityHeadersConfig: headers } = z
      .object({
        SecurityHeadersConfig: z.looseObject({
          ContentSecurityPolicy: z.object({ ContentSecurityPolicy: z.unknown(), Override: z.literal(true) }),
        }),
      })
      .parse(policy.Properties['ResponseHeadersPolicyConfig']);
    const [csp = '', tokens = ''] = flatten(headers.ContentSecurityPolicy.ContentSecurityPolicy).split(
      / (?=https:)|(?<=\.com);/,
    );
    expect(csp).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; connect-src 'self'",
    );
    expect(tokens).toMatch(/^https:\/\/inventario-klk-\w+-.*\.auth\.us-east-1\.amazoncognito\.com$/);
    expect(flatten(headers.ContentSecurityPolicy.ContentSecurityPolicy)).toMatch(
      /; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    expect(headers).toMatchObject({
      ContentTypeOptions: { Override: true },
      FrameOptions: { FrameOption: 'DENY', Override: true },
      ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
      StrictTransportSecurity: {
        AccessControlMaxAgeSec: 31_536_000,
        IncludeSubdomains: true,
        Override: true,
      },
    });
  });

  /** The path that the function of a behaviour makes of a path, in the language that CloudFront runs. */
  function rewrite(behavior: z.infer<typeof Behavior> | undefined, uri: string): string {
    const [association] = behavior?.FunctionAssociations ?? [];
    const edge = stage
      .resources('AWS::CloudFront::Function')
      .find(({ id }) => flatten(association?.FunctionARN).includes(id));
    expect(association?.EventType).toBe('viewer-request');
    expect(edge?.Properties).toMatchObject({
      AutoPublish: true,
      FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
    });
    const code = z.string().parse(edge?.Properties['FunctionCode']);
    return Rewritten.parse(runInNewContext(`${code}; handler({ request: { uri } })`, { uri })).uri;
  }

  it.each([
    ['/', '/index.html'],
    ['/existencias', '/index.html'],
    ['/articulo/12.5', '/index.html'],
    ['/articulo/A-1.js', '/index.html'],
    ['/entrar', '/index.html'],
    ['/api', '/index.html'],
    ['/configuracion.json', '/configuracion.json'],
    ['/service-worker.js', '/service-worker.js'],
    ['/icono.svg', '/icono.svg'],
    ['/assets/index-B4x9.js', '/assets/index-B4x9.js'],
  ])('answers %s with %s', (asked, answered) => {
    expect(rewrite(files, asked)).toBe(answered);
  });

  it.each([
    ['/api/tiendas', '/tiendas'],
    ['/api/articulos/API%2F1', '/articulos/API%2F1'],
    ['/api/api/x', '/api/x'],
    ['/api/', '/'],
  ])('asks the API for %s as %s', (asked, passed) => {
    expect(rewrite(api, asked)).toBe(passed);
  });

  it('is uploaded so that browsers keep files with a hash for a year and revalidate all others', () => {
    const [pieces, rest] = stage.resources('Custom::CDKBucketDeployment').map(({ Properties }) => Properties);
    expect(pieces).toMatchObject({
      Exclude: ['*'],
      Include: ['assets/*'],
      Prune: false,
      SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' },
    });
    expect(rest).toMatchObject({
      Exclude: ['assets/*'],
      Prune: true,
      SystemMetadata: { 'cache-control': 'no-cache' },
    });
  });

  it('is uploaded after the files with a hash that it refers to', () => {
    const [pieces, rest] = stage.resources('Custom::CDKBucketDeployment');
    expect(rest?.DependsOn).toContain(pieces?.id);
  });
});

const HeadersPolicy = z.object({
  CustomHeadersConfig: z.object({ Items: z.array(z.object({ Header: z.string(), Value: z.string() })) }),
  SecurityHeadersConfig: z.object({
    FrameOptions: z.object({ FrameOption: z.string() }),
    ReferrerPolicy: z.object({ ReferrerPolicy: z.string() }),
  }),
});

it('The deployed page has the same headers as that of npm run local, so that the tests of the page hold for both', () => {
  const { CustomHeadersConfig, SecurityHeadersConfig } = HeadersPolicy.parse(
    synthesized('produccionConsultas', 'consultas').resource('AWS::CloudFront::ResponseHeadersPolicy')
      .Properties['ResponseHeadersPolicyConfig'],
  );
  expect({
    ...Object.fromEntries(CustomHeadersConfig.Items.map(({ Header, Value }) => [Header, Value])),
    'Referrer-Policy': SecurityHeadersConfig.ReferrerPolicy.ReferrerPolicy,
    // CloudFront's only value for it.
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': SecurityHeadersConfig.FrameOptions.FrameOption,
  }).toEqual(CABECERAS);
});

it('With an issuer of the chain the page may request that issuer, and no address of Cognito', () => {
  const policy = synthesized('produccionConsultasOidc', 'consultas').resource(
    'AWS::CloudFront::ResponseHeadersPolicy',
  );
  const text = JSON.stringify(policy.Properties);
  expect(text).toContain("connect-src 'self' https://acceso.example.com;");
  expect(text).not.toContain('amazoncognito');
});
