import { z } from 'zod';
import { CONSULTAS_KEYS, findConsultasProblems } from './context-consultas.ts';
import type { ConsultasContext } from './context-consultas.ts';
import { CONTEXT_KEYS } from './context-keys.ts';
import { STAGES } from './stages.ts';

/** A context that cannot be deployed. The message names every wrong key and where its value is found. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

const REQUIRED = { error: 'falta' };
const text = (pattern: RegExp, message: string): z.ZodString => z.string(REQUIRED).regex(pattern, message);

const puerto = text(/^\d{1,5}$/, 'debe ser un puerto, de 1 a 65535')
  .transform(Number)
  .refine((value) => value >= 1 && value <= 65_535, 'debe ser un puerto, de 1 a 65535');

const list = (item: z.ZodType<string, string>): z.ZodType<string[], string> =>
  z
    .string(REQUIRED)
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(item))
    .refine((items) => new Set(items).size === items.length, 'tiene valores repetidos');

/** Shortest prefix of KLK's network: KLK is one server, so a wide range is a mistake. */
const WIDEST_PREFIX = 16;

/** Whether an address range has no bits set beyond its prefix. */
function isNetworkAddress(value: string): boolean {
  const [address = '', prefix = '32'] = value.split('/');
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return bits % 2 ** (32 - Number(prefix)) === 0;
}

const cidr = z
  .cidrv4({
    error: ({ input }) => (input === undefined ? 'falta' : 'debe ser un rango IPv4, como 203.0.113.10/32'),
    abort: true,
  })
  .refine(
    (value) => Number(value.split('/')[1]) >= WIDEST_PREFIX,
    `abriría la salida a demasiadas direcciones; como mucho /${WIDEST_PREFIX}`,
  )
  .refine(isNetworkAddress, 'debe empezar en la primera dirección del rango; ¿quiso decir /32?');

const correos = list(z.email('debe llevar solo direcciones de correo'));
const regla = z.enum(['activa', 'pausada'], 'debe ser activa o pausada').default('activa');
const ventas = z.enum(['si', 'no'], 'debe ser si o no').default('si');

function checkConsultas(values: ConsultasContext, context: z.RefinementCtx): void {
  for (const [key, message] of findConsultasProblems(values)) {
    context.addIssue({ code: 'custom', path: [key], message });
  }
}

const { region } = STAGES.produccion;
const secretArn = text(
  new RegExp(`^arn:aws:secretsmanager:${region}:\\d{12}:secret:[\\w/+=.@!-]+-[A-Za-z0-9]{6}$`),
  `debe ser el ARN completo de un secreto de ${region}, con sus seis caracteres finales`,
);

const zonas = list(text(new RegExp(`^${region}[a-z]$`), `debe llevar zonas de ${region}, como ${region}a`));

const Desarrollo = z
  .strictObject({
    ambiente: z.literal('desarrollo'),
    regla,
    ventas,
    ...CONSULTAS_KEYS,
    klkCidr: cidr.optional(),
    klkPuerto: puerto.optional(),
    correos: correos.default([]),
    azs: zonas.refine((azs) => azs.length >= 2, 'debe llevar al menos dos zonas, que RDS exige').optional(),
  })
  .refine(({ klkCidr, klkPuerto }) => klkPuerto === undefined || klkCidr !== undefined, {
    path: ['klkCidr'],
    message: 'falta, si se da klkPuerto',
  })
  .refine(({ klkCidr, klkPuerto }) => klkCidr === undefined || klkPuerto !== undefined, {
    path: ['klkPuerto'],
    message: 'falta, si se da klkCidr',
  })
  .superRefine(checkConsultas);

const Produccion = z
  .strictObject({
    ambiente: z.literal('produccion'),
    regla,
    ventas,
    ...CONSULTAS_KEYS,
    vpcId: text(/^vpc-[0-9a-f]{8,17}$/, 'debe ser como vpc-0123456789abcdef0'),
    azs: zonas,
    subnetIds: list(text(/^subnet-[0-9a-f]{8,17}$/, 'debe llevar subredes, como subnet-0123456789abcdef0')),
    dbSecurityGroupId: text(/^sg-[0-9a-f]{8,17}$/, 'debe ser como sg-0123456789abcdef0'),
    dbPuerto: puerto,
    dbInstanceId: text(/^[A-Za-z][A-Za-z0-9-]{0,62}$/, 'debe ser un identificador de RDS'),
    dbSecretArn: secretArn,
    dbAdminSecretArn: secretArn,
    dbConsultasSecretArn: secretArn.optional(),
    klkSecretArn: secretArn,
    klkCidr: cidr,
    klkPuerto: puerto,
    kmsKeyArn: text(
      new RegExp(`^arn:aws:kms:${region}:\\d{12}:key/[A-Za-z0-9-]+$`),
      `debe ser el ARN de una clave KMS de ${region}`,
    ).optional(),
    correos,
  })
  .refine(({ azs, subnetIds }) => azs.length === subnetIds.length, {
    path: ['azs'],
    message: 'debe llevar una zona por cada subred de subnetIds',
  })
  .refine((value) => new Set([value.dbSecretArn, value.dbAdminSecretArn, value.klkSecretArn]).size === 3, {
    path: ['dbAdminSecretArn'],
    message: 'los tres secretos deben ser distintos',
  })
  .refine(
    ({ dbConsultasSecretArn: arn, dbSecretArn, dbAdminSecretArn, klkSecretArn }) =>
      arn === undefined || ![dbSecretArn, dbAdminSecretArn, klkSecretArn].includes(arn),
    { path: ['dbConsultasSecretArn'], message: 'debe ser distinto de los demás secretos' },
  )
  .refine(({ consultas, dbConsultasSecretArn: arn }) => consultas === 'no' || arn !== undefined, {
    path: ['dbConsultasSecretArn'],
    message: 'falta, con consultas=si',
  })
  .superRefine(checkConsultas);

const Context = z.discriminatedUnion('ambiente', [Desarrollo, Produccion], {
  error: 'debe ser desarrollo o produccion',
});

export type ProduccionContext = z.infer<typeof Produccion>;
export type DeploymentContext = z.infer<typeof Context>;

const Values = z.record(z.string(), z.unknown());

/**
 * Parses and checks the values of `-c key=value`.
 * @throws ContextError
 */
export function parseContext(values: unknown): DeploymentContext {
  const given = Object.entries(Values.parse(values)).filter(([key, value]) => isOurs(key) && value !== '');
  const parsed = Context.safeParse(Object.fromEntries(given));
  const problems = (parsed.error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          key,
          problem: key in CONTEXT_KEYS ? 'no es de esta etapa' : 'no existe',
        }))
      : [{ key: String(issue.path[0]), problem: issue.message }],
  );
  if (!parsed.success) throw new ContextError(describe(problems));
  return parsed.data;
}

/** Whether a key is this project's. The CDK's own keys contain `@` or `:`, except the one that `cdk acknowledge` writes. */
const isOurs = (key: string): boolean => !/[@:]/.test(key) && key !== 'acknowledged-issue-numbers';

interface Problem {
  readonly key: string;
  readonly problem: string;
}

function describe(problems: readonly Problem[]): string {
  const lines = problems.map(({ key, problem }) => {
    const where = Object.entries(CONTEXT_KEYS).find(([known]) => known === key)?.[1];
    return where === undefined ? `- ${key}: ${problem}` : `- ${key}: ${problem} (${where})`;
  });
  return [
    'Faltan valores del despliegue o son incorrectos; se dan con -c clave=valor (docs/despliegue.md):',
    ...new Set(lines),
  ].join('\n');
}
