import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { STAGES } from '../../lib/stages.ts';
import { CONSULTAS, KMS_KEY, OIDC, RUNNING, WITH_CONSULTAS } from './stage-contexts.ts';
import type { StageName } from './stage-contexts.ts';
import { flatten, stackNames, synthesized } from './synthesized.ts';
import type { Resource } from './synthesized.ts';

const Environment = z.object({ Variables: z.record(z.string(), z.unknown()) });
const Statements = z.object({
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({ Action: z.union([z.string(), z.array(z.string())]), Resource: z.unknown() }),
    ),
  }),
});
const Rule = z.object({
  CidrIp: z.string().optional(),
  DestinationSecurityGroupId: z.unknown().optional(),
  IpProtocol: z.string(),
  FromPort: z.number(),
  ToPort: z.number(),
});

/** The secret of the read-only user, as the stack of the queries names it. */
const SECRET = {
  desarrolloConsultas: /^<inventario-klk-desarrollo:ExportsOutputRefBaseSecretoConsultasAttachment\w+>$/,
  produccionConsultas: /:secret:inventario-klk\/consultas-StUvWx$/,
};

describe.each(RUNNING)('a deployment of %s without consultas=si', (name) => {
  it('has only the stack of the inventory, without any resource of the queries', () => {
    expect(stackNames(name)).toEqual([`inventario-klk-${name}`]);
    const text = JSON.stringify([synthesized(name).all, synthesized(name).outputs]);
    expect(text).not.toMatch(/CONSULTAS_|SecretoConsultas/);
  });
});

describe.each(WITH_CONSULTAS)('beside the queries, the inventory of $stage', ({ name, stage: alone }) => {
  const properties = (of: StageName): Map<string, string> =>
    new Map(
      synthesized(of)
        // The id of a version follows from the code and the environment of its function.
        .all.filter(({ Type }) => Type !== 'AWS::Lambda::Version')
        .map(({ id, Properties }) => [id.replace(/[0-9A-F]{8}$/, ''), JSON.stringify(Properties)]),
    );
  const before = properties(alone);
  const after = properties(name);

  it('has one resource more, the secret of the queries, and only where the stage creates its secrets', () => {
    const created = [...after.keys()].filter((id) => !before.has(id));
    expect(created).toEqual(
      alone === 'desarrollo' ? ['BaseSecretoConsultas', 'BaseSecretoConsultasAttachment'] : [],
    );
    expect([...before.keys()].filter((id) => !after.has(id))).toEqual([]);
  });

  it('gives the migration Lambda the name of that secret and the right to read it, and changes nothing else', () => {
    const changed = [...before].filter(([id, text]) => after.get(id) !== text).map(([id]) => id);
    expect(changed.sort()).toEqual([
      'MigracionesDisparo',
      'MigracionesLambdaFuncion',
      'MigracionesLambdaFuncionServiceRoleDefaultPolicy',
    ]);
    const { Variables } = Environment.parse(
      synthesized(name).resource('AWS::Lambda::Function', 'Migraciones').Properties['Environment'],
    );
    expect(flatten(Variables['CONSULTAS_DB_SECRET_ARN'])).toMatch(/Consultas|consultas/);
  });

  it('exports what the queries use of its network where the stage creates the network, and keeps its other outputs', () => {
    const [outputs, more] = [synthesized(alone).outputs, synthesized(name).outputs];
    expect(more).toMatchObject(outputs);
    const exported = Object.keys(more).filter((id) => !(id in outputs));
    expect(exported).toHaveLength(alone === 'desarrollo' ? 6 : 0);
    for (const id of exported) expect(id).toMatch(/^ExportsOutput/);
  });

  it('is deployed first, because its migration creates the user of the queries', () => {
    const { dependencies } = synthesized(name, 'consultas');
    expect(dependencies).toContain(`inventario-klk-${alone}`);
  });
});

describe.each(WITH_CONSULTAS)('the stack of the queries of $stage', ({ name, stage: ambiente }) => {
  const stage = synthesized(name, 'consultas');
  const lambda = stage.resource('AWS::Lambda::Function', 'Consultas');
  const settings = STAGES[ambiente].consultas;

  it('passes every rule of cdk-nag, without a warning of the CDK', () => {
    expect(stage.findings).toEqual([]);
    expect(stage.terminationProtection).toBe(ambiente === 'produccion');
  });

  describe('has a Lambda that', () => {
    it('runs Node 24 on ARM64, with the memory and the time of its stage', () => {
      expect(lambda.Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        MemorySize: settings.memoryMb,
        Timeout: settings.timeoutSeconds,
      });
      expect(lambda.Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    });

    it('times out after the longest statement, and before the 30 s of API Gateway', () => {
      expect(settings.timeoutSeconds).toBeGreaterThan(5);
      expect(settings.timeoutSeconds).toBeLessThan(30);
    });

    it('is given the secret of its user and the issuer of the tokens, and no other secret', () => {
      const { Variables } = Environment.parse(lambda.Properties['Environment']);
      expect(Object.keys(Variables).sort()).toEqual([
        'CONSULTAS_AUDIENCE',
        'CONSULTAS_DB_SECRET_ARN',
        'CONSULTAS_ISSUER',
        'NODE_OPTIONS',
      ]);
      expect(flatten(Variables['CONSULTAS_DB_SECRET_ARN'])).toMatch(SECRET[name]);
      expect(flatten(Variables['CONSULTAS_ISSUER'])).toMatch(/^<LectoresUsuarios\w+\.ProviderURL>$/);
      expect(flatten(Variables['CONSULTAS_AUDIENCE'])).toMatch(/^<LectoresUsuariosPagina\w+>$/);
    });

    it('may read that secret and call nothing else', () => {
      const [only, ...others] = Statements.parse(
        stage.resource('AWS::IAM::Policy', 'ConsultasFuncion').Properties,
      ).PolicyDocument.Statement;
      expect(others).toEqual([]);
      expect(only?.Action).toEqual(['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue']);
      expect(flatten(only?.Resource)).toMatch(SECRET[name]);
    });

    it('may connect to the database and the APIs of AWS only', () => {
      const group = stage.resource('AWS::EC2::SecurityGroup', 'ConsultasSg');
      const rules = [
        ...z.array(Rule).parse(group.Properties['SecurityGroupEgress'] ?? []),
        ...stage.resources('AWS::EC2::SecurityGroupEgress').map(({ Properties }) => Rule.parse(Properties)),
      ];
      const ways = rules.map((rule) => {
        const to = rule.CidrIp ?? flatten(rule.DestinationSecurityGroupId);
        return `${rule.IpProtocol} ${rule.FromPort}-${rule.ToPort} ${to.replace(/\w+BaseDeDatosSg\w+/, '')}`;
      });
      expect(ways.sort()).toEqual([
        'tcp 443-443 0.0.0.0/0',
        ambiente === 'produccion'
          ? 'tcp 5432-5432 sg-0123456789abcdef0'
          : 'tcp 5432-5432 <inventario-klk-desarrollo:>',
      ]);
      expect(group.Properties).not.toHaveProperty('SecurityGroupIngress');
    });

    it('may enter the database by one rule, which belongs to this stack', () => {
      const [rule, ...others] = stage.resources('AWS::EC2::SecurityGroupIngress');
      expect(others).toEqual([]);
      expect(rule?.Properties).toMatchObject({ FromPort: 5432, ToPort: 5432, IpProtocol: 'tcp' });
      expect(flatten(rule?.Properties['SourceSecurityGroupId'])).toMatch(/^<ConsultasSg\w+\.GroupId>$/);
    });
  });

  describe('has an API that', () => {
    const [route, ...others] = stage.resources('AWS::ApiGatewayV2::Route');
    const authorizer = stage.resource('AWS::ApiGatewayV2::Authorizer');

    it('answers GET only, and only to readers with a token', () => {
      expect(others).toEqual([]);
      expect(route?.Properties).toMatchObject({
        RouteKey: 'GET /{proxy+}',
        AuthorizationType: 'JWT',
        AuthorizerId: { Ref: authorizer.id },
      });
    });

    it('accepts tokens from the header only, of the issuer and the audience that the Lambda checks too', () => {
      const { Variables } = Environment.parse(lambda.Properties['Environment']);
      expect(authorizer.Properties).toMatchObject({
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: {
          Issuer: Variables['CONSULTAS_ISSUER'],
          Audience: [Variables['CONSULTAS_AUDIENCE']],
        },
      });
    });

    it('limits the rate of requests, and allows no other site by CORS', () => {
      expect(stage.resource('AWS::ApiGatewayV2::Stage').Properties).toMatchObject({
        StageName: '$default',
        DefaultRouteSettings: {
          ThrottlingRateLimit: settings.requestsPerSecond,
          ThrottlingBurstLimit: settings.burst,
        },
      });
      expect(stage.resource('AWS::ApiGatewayV2::Api').Properties).not.toHaveProperty('CorsConfiguration');
    });

    it('logs a line for every request, without name, token or searched word', () => {
      const { Format, DestinationArn } = z
        .object({ Format: z.string(), DestinationArn: z.unknown() })
        .parse(stage.resource('AWS::ApiGatewayV2::Stage').Properties['AccessLogSettings']);
      expect(flatten(DestinationArn)).toContain(stage.resource('AWS::Logs::LogGroup', 'Entrada').id);
      const line = z.record(z.string(), z.string()).parse(JSON.parse(Format));
      expect(line).toMatchObject({ estado: '$context.status', lector: '$context.authorizer.claims.sub' });
      expect(Format).not.toMatch(/queryString|email|path\}|header/i);
    });

    it('is the only one that may invoke the Lambda', () => {
      const permissions = stage
        .resources('AWS::Lambda::Permission')
        .filter(({ Properties }) => flatten(Properties['FunctionName']).includes(lambda.id));
      expect(permissions).toHaveLength(1);
      for (const { Properties } of permissions) {
        expect(Properties).toMatchObject({ Principal: 'apigateway.amazonaws.com' });
        expect(flatten(Properties['SourceArn'])).toContain(stage.resource('AWS::ApiGatewayV2::Api').id);
      }
    });
  });

  it('gives every log group a retention, those of the Lambdas of the CDK included', () => {
    const Logging = z.object({ LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }) });
    const groups = stage.resources('AWS::Logs::LogGroup');
    for (const { Properties } of groups) {
      expect(Properties['RetentionInDays']).toBe(ambiente === 'produccion' ? 90 : 30);
    }
    const ids = groups.map(({ id }) => id);
    for (const { Properties } of stage.resources('AWS::Lambda::Function')) {
      expect(ids).toContain(Logging.parse(Properties).LoggingConfig.LogGroup.Ref);
    }
  });

  it('has outputs for what a person copies: the page, the DNS name, the log, the dashboard', () => {
    const output = (id: string): string => flatten(stage.outputs[id]);
    const ofCloudFront = /^https:\/\/<PaginaDistribucion\w+\.DomainName>$/;
    expect(output('DireccionDeLaPagina')).toMatch(
      ambiente === 'produccion' ? /^https:\/\/inventario\.example\.com$/ : ofCloudFront,
    );
    expect(`https://${output('NombreEnCloudFront')}`).toMatch(ofCloudFront);
    expect(output('SeguirRegistro')).toMatch(
      /^aws logs tail --region us-east-1 --follow <ConsultasRegistro\w+>$/,
    );
    expect(output('VerTablero')).toMatch(/#dashboards\/dashboard\/<Tablero\w+>$/);
    expect(output('GrupoDeUsuarios')).toMatch(/^<LectoresUsuarios\w+>$/);
  });

  it('has a dashboard of the requests, their duration and the database', () => {
    const body = flatten(stage.resource('AWS::CloudWatch::Dashboard').Properties['DashboardBody']);
    for (const text of ['"Count"', '"4xx"', '"5xx"', '"Latency"', '"p95"', '"DatabaseConnections"']) {
      expect(body).toContain(text);
    }
  });

  it('has saved queries for failed and for slow requests', () => {
    const saved = stage.resources('AWS::Logs::QueryDefinition').map(({ Properties }) => ({
      name: flatten(Properties['Name']),
      of: Properties['LogGroupNames'],
    }));
    const of = [{ Ref: stage.resource('AWS::Logs::LogGroup', 'Entrada').id }];
    expect(saved).toEqual([
      { name: `inventario-klk-${ambiente}/consultas-con-error`, of },
      { name: `inventario-klk-${ambiente}/consultas-lentas`, of },
    ]);
  });
});

describe('readers of an issuer that the chain has already', () => {
  const stage = synthesized('produccionConsultasOidc', 'consultas');

  it('need no Cognito pool', () => {
    expect(stage.all.filter(({ Type }) => Type.startsWith('AWS::Cognito::'))).toEqual([]);
    expect(stage.outputs).not.toHaveProperty('GrupoDeUsuarios');
    expect(stage.findings).toEqual([]);
  });

  it('are checked by the API and by the Lambda with the issuer of the context', () => {
    expect(stage.resource('AWS::ApiGatewayV2::Authorizer').Properties).toMatchObject({
      JwtConfiguration: { Issuer: OIDC.oidcIssuer, Audience: [OIDC.oidcClientId] },
    });
    const lambda = stage.resource('AWS::Lambda::Function', 'Consultas');
    expect(Environment.parse(lambda.Properties['Environment']).Variables).toMatchObject({
      CONSULTAS_DB_SECRET_ARN: CONSULTAS.dbConsultasSecretArn,
      CONSULTAS_ISSUER: OIDC.oidcIssuer,
      CONSULTAS_AUDIENCE: OIDC.oidcClientId,
      CONSULTAS_CLAIM_ROL: 'roles',
      CONSULTAS_CLAIM_TIENDAS: 'sucursales',
    });
  });

  it('add the right to decrypt to the Lambda when the secrets have a key of their own', () => {
    const policies = (which: 'inventario' | 'consultas', prefix: string): string =>
      JSON.stringify(
        synthesized('produccionConsultasOidc', which).resource('AWS::IAM::Policy', prefix).Properties,
      );
    for (const text of [policies('consultas', 'ConsultasFuncion'), policies('inventario', 'Migraciones')]) {
      expect(text).toContain(KMS_KEY);
      expect(text).toContain(CONSULTAS.dbConsultasSecretArn);
    }
  });
});

it('Only the Lambda of the queries and that of the migrations may read the secret of the read-only user', () => {
  const reading = (policy: Resource): boolean =>
    JSON.stringify(policy.Properties).includes(CONSULTAS.dbConsultasSecretArn);
  for (const [which, expected] of [
    ['inventario', [/^MigracionesLambdaFuncion/]],
    ['consultas', [/^ConsultasFuncion/]],
  ] as const) {
    const readers = synthesized('produccionConsultas', which).resources('AWS::IAM::Policy').filter(reading);
    expect(readers.map(({ id }) => id)).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  }
});
