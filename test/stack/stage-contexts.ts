/** The environment variable by which the global setup tells the test files where the assemblies are. */
export const ASSEMBLIES = 'TEST_CDK_ASSEMBLIES';

/** The file beside them with what synth said of a stack that breaks the rule packs. */
export const REFUSAL = 'refusal.txt';

const secret = (name: string): string =>
  `arn:aws:secretsmanager:us-east-1:111122223333:secret:inventario-klk/${name}`;

/** The production stage of docs/despliegue.md. */
export const PRODUCCION = {
  ambiente: 'produccion',
  vpcId: 'vpc-0123456789abcdef0',
  azs: 'us-east-1a,us-east-1b',
  subnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  dbSecurityGroupId: 'sg-0123456789abcdef0',
  dbPuerto: '5432',
  dbInstanceId: 'base-de-la-cadena',
  dbSecretArn: secret('etl-AbCdEf'),
  dbAdminSecretArn: secret('migraciones-GhIjKl'),
  klkSecretArn: secret('klk-MnOpQr'),
  klkCidr: '203.0.113.10/32',
  klkPuerto: '7002',
  correos: 'operaciones@example.com,sistemas@example.com',
};

export const KMS_KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

const DESARROLLO = {
  ambiente: 'desarrollo',
  klkCidr: '203.0.113.10/32',
  klkPuerto: '7002',
  correos: 'operaciones@example.com',
};

/** The queries of a production stage, of docs/despliegue.md: the page has a name of its own. */
export const CONSULTAS = {
  consultas: 'si',
  dbConsultasSecretArn: secret('consultas-StUvWx'),
  dominio: 'inventario.example.com',
  certificadoArn: 'arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-1234-5678-9abc-0123456789ab',
};

/** An issuer that the chain has already, of docs/despliegue.md. */
export const OIDC = {
  oidcIssuer: 'https://acceso.example.com/chain',
  oidcClientId: 'inventario-klk',
  oidcAuthorizeUrl: 'https://acceso.example.com/chain/authorize',
  oidcTokenUrl: 'https://acceso.example.com/chain/token',
};

/** The deployments that the tests look at, by name. */
export const STAGE_CONTEXTS = {
  desarrollo: DESARROLLO,
  desarrolloSinVentas: { ...DESARROLLO, ventas: 'no' },
  desarrolloSinKlk: { ambiente: 'desarrollo' },
  desarrolloEnZonas: { ambiente: 'desarrollo', azs: 'us-east-1b,us-east-1d' },
  produccion: PRODUCCION,
  produccionSinVentas: { ...PRODUCCION, ventas: 'no' },
  produccionPausada: { ...PRODUCCION, regla: 'pausada', kmsKeyArn: KMS_KEY },
  desarrolloConsultas: { ...DESARROLLO, consultas: 'si' },
  produccionConsultas: { ...PRODUCCION, ...CONSULTAS },
  produccionConsultasOidc: {
    ...PRODUCCION,
    consultas: 'si',
    dbConsultasSecretArn: CONSULTAS.dbConsultasSecretArn,
    kmsKeyArn: KMS_KEY,
    ...OIDC,
    oidcLogoutUrl: 'https://acceso.example.com/chain/logout',
    oidcClaimRol: 'roles',
    oidcClaimTiendas: 'sucursales',
  },
} as const;

export type StageName = keyof typeof STAGE_CONTEXTS;

/** The two stages as they run. */
export const RUNNING = ['desarrollo', 'produccion'] as const satisfies readonly StageName[];

/** The two stages with the stack of the queries. */
export const WITH_CONSULTAS = [
  { stage: 'desarrollo', name: 'desarrolloConsultas' },
  { stage: 'produccion', name: 'produccionConsultas' },
] as const satisfies readonly { readonly name: StageName; readonly stage: (typeof RUNNING)[number] }[];

/** The two pipelines of a stage, by the beginning of the logical ids of their resources. */
export const PIPELINES = [
  {
    pipeline: 'inventory',
    lambda: 'Inventario',
    schedule: 'Programacion',
    service: 'inventario-klk',
    timeout: 'timeoutMinutes',
  },
  {
    pipeline: 'sales',
    lambda: 'Ventas',
    schedule: 'VentasProgramacion',
    service: 'ventas-klk',
    timeout: 'ventasTimeoutMinutes',
  },
] as const;
