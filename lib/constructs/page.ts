import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  AssetHashType,
  CfnElement,
  DockerImage,
  Duration,
  RemovalPolicy,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import type { BehaviorOptions } from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { ISource } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { contentSecurityPolicy } from '../../lambdas/core/config/contract.ts';
import { ContextError } from '../context.ts';
import type { Stage } from '../stages.ts';
import { createLogGroup } from './log-group.ts';
import type { Issuer } from './issuer.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Files whose names carry the hash of their content. */
const HASHED = 'assets/*';

const HSTS = Duration.days(365);

/** Longest wait for the API, which is API Gateway's limit too. */
const API_WAITS = Duration.seconds(30);

/**
 * Every path that is not a file's is answered with the page, which routes it. An article's code may contain a dot, so only the root's files and
 * the hashed ones count as files.
 */
const TO_PAGE = `function handler(event) {
  const request = event.request;
  if (!/^\\/(assets\\/.+|[^/]+\\.[a-z]+)$/.test(request.uri)) request.uri = '/index.html';
  return request;
}`;

/**
 * The errors that CloudFront caches, by default for ten seconds and whatever their Cache-Control says. It caches them by path alone, so that other
 * readers and other questions would get them too.
 */
const KEPT_ERRORS = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504];

/** Removes `/api` from the path: the API's routes begin below it. */
const TO_API = `function handler(event) {
  const request = event.request;
  request.uri = request.uri.slice('/api'.length);
  return request;
}`;

export interface PageProps {
  readonly stage: Pick<Stage, 'disposable' | 'logRetention'>;
  readonly api: HttpApi;
  /** The origin of the address at which the page exchanges its code for tokens. The page may send requests to no other site. */
  readonly tokenOrigin: string;
  /** The page's own name and its certificate; undefined means CloudFront's. */
  readonly name: { readonly dominio: string; readonly certificadoArn: string } | undefined;
}

/** The page: its files in a bucket that only CloudFront reads, and the API at the same address below `/api`. */
export class Page extends Construct {
  readonly url: string;
  /** The DNS name that the page's own name must point to. */
  readonly cloudFrontName: string;
  readonly #bucket: Bucket;
  readonly #stage: PageProps['stage'];

  constructor(scope: Construct, id: string, { stage, api, tokenOrigin, name }: PageProps) {
    super(scope, id);
    this.#stage = stage;
    this.#bucket = this.#createBucket();
    const responseHeadersPolicy = this.#createHeaders(tokenOrigin);
    const shared = {
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      responseHeadersPolicy,
    };
    const distribution = new Distribution(this, 'Distribucion', {
      comment: Stack.of(this).stackName,
      defaultRootObject: 'index.html',
      errorResponses: KEPT_ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      defaultBehavior: {
        ...shared,
        origin: S3BucketOrigin.withOriginAccessControl(this.#bucket),
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        ...this.#rewrite('ALaPagina', TO_PAGE),
      },
      additionalBehaviors: {
        '/api/*': {
          ...shared,
          origin: new HttpOrigin(`${api.apiId}.execute-api.${Stack.of(this).region}.amazonaws.com`, {
            readTimeout: API_WAITS,
          }),
          cachePolicy: CachePolicy.CACHING_DISABLED,
          // Only policies that forward all headers forward Authorization.
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          compress: false,
          ...this.#rewrite('ALaApi', TO_API),
        },
      },
      ...(name !== undefined && {
        domainNames: [name.dominio],
        certificate: Certificate.fromCertificateArn(this, 'Certificado', name.certificadoArn),
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      }),
    });
    this.cloudFrontName = distribution.distributionDomainName;
    this.url = `https://${name?.dominio ?? this.cloudFrontName}`;
    acknowledgeDistribution(distribution, name !== undefined);
  }

  /** Uploads the page, built at synthesis, and the configuration of its issuer. */
  publish({ issuer, clientId, authorizeUrl, tokenUrl, logoutUrl }: Issuer): void {
    const built = buildPage();
    const shared = {
      destinationBucket: this.#bucket,
      logGroup: createLogGroup(new Construct(this, 'Publicacion'), this.#stage),
      memoryLimit: 256,
    };
    const hashed = new BucketDeployment(this, 'Piezas', {
      ...shared,
      sources: [built],
      exclude: ['*'],
      include: [HASHED],
      // A page that is open may still load files of the previous version.
      prune: false,
      cacheControl: [CacheControl.fromString('public, max-age=31536000, immutable')],
    });
    const rest = new BucketDeployment(this, 'Entrada', {
      ...shared,
      sources: [
        built,
        Source.jsonData('configuracion.json', { issuer, clientId, authorizeUrl, tokenUrl, logoutUrl }),
      ],
      exclude: [HASHED],
      cacheControl: [CacheControl.fromString('no-cache')],
    });
    rest.node.addDependency(hashed);
    acknowledgeDeployment(rest, this.#bucket);
  }

  #createBucket(): Bucket {
    const bucket = new Bucket(this, 'Archivos', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // Every deployment uploads the content again.
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'The files of a page that anybody may load: who read them is worth no log.',
    });
    return bucket;
  }

  #createHeaders(tokenOrigin: string): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'Cabeceras', {
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(tokenOrigin), override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: HSTS, includeSubdomains: true, override: true },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override: true },
          { header: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=()', override: true },
        ],
      },
    });
  }

  #rewrite(id: string, code: string): Pick<BehaviorOptions, 'functionAssociations'> {
    const edge = new EdgeFunction(this, id, { code: FunctionCode.fromInline(code) });
    return { functionAssociations: [{ function: edge, eventType: FunctionEventType.VIEWER_REQUEST }] };
  }
}

/** Vite's build of `web/`, made at synthesis, so that an older build is never deployed. */
const buildPage = (): ISource =>
  Source.asset(ROOT, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: { tryBundle: (output) => runVite(output) },
    },
  });

function runVite(output: string): true {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [`${ROOT}node_modules/vite/bin/vite.js`, 'build', `${ROOT}web`, '--outDir', output, '--emptyOutDir'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status === 0) return true;
  throw new ContextError(
    `No se pudo construir la página: ejecute npm ci, y npm run build:web para verlo aparte\n${stdout}${stderr}`,
  );
}

function acknowledgeDistribution(distribution: Distribution, hasOwnName: boolean): void {
  Validations.of(distribution).acknowledge(
    {
      id: 'AwsSolutions-CFR1',
      reason: 'Readers travel; who may read is decided by the token, not by the country.',
    },
    {
      id: 'AwsSolutions-CFR2',
      reason:
        'A choice with a price, described in docs/despliegue.md: without a token nothing but public files is answered.',
    },
    {
      id: 'AwsSolutions-CFR3',
      reason: 'The log of the API has every question; the rest are the files of a public page.',
    },
  );
  if (hasOwnName) return;
  Validations.of(distribution).acknowledge({
    id: 'AwsSolutions-CFR4',
    reason:
      "CloudFront's own name admits no other TLS policy than its own; -c dominio and -c certificadoArn give one.",
  });
}

/** The rights of the CDK's own Lambda, which copies the files, are set by the CDK. */
function acknowledgeDeployment({ handlerRole }: BucketDeployment, bucket: Bucket): void {
  const lambda = handlerRole.node.scope;
  const { defaultChild } = bucket.node;
  if (lambda === undefined || !CfnElement.isCfnElement(defaultChild)) {
    throw new TypeError('a role has a function, and a bucket its resource');
  }
  const { region } = Stack.of(bucket);
  const reason =
    'The Lambda of the CDK that copies the files: it reads the assets and writes the bucket of the page.';
  const wildcards = [
    ...['GetObject', 'GetBucket', 'List', 'DeleteObject', 'Abort'].map((verb) => `Action::s3:${verb}*`),
    `Resource::<${Stack.of(bucket).getLogicalId(defaultChild)}.Arn>/*`,
    `Resource::arn:aws:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-${region}/*`,
  ].map((what) => `AwsSolutions-IAM5[${what}]`);
  const basic = 'Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
  for (const id of [...wildcards, `AwsSolutions-IAM4[${basic}]`])
    Validations.of(lambda).acknowledge({ id, reason });
  Validations.of(lambda).acknowledge(
    {
      id: 'AwsSolutions-L1',
      reason: 'The CDK chooses the runtime of its own Lambda, with each version of it.',
    },
    { id: 'Serverless-LambdaLatestVersion', reason: 'The same.' },
    { id: 'Serverless-LambdaDLQ', reason: 'The deployment invokes it and waits for its answer.' },
    {
      id: 'Serverless-LambdaTracing',
      reason: 'It runs at deployments alone, and its log says what it copied.',
    },
  );
}
