import { z } from 'zod';

const texto = (pattern: RegExp, mensaje: string): z.ZodOptional<z.ZodString> =>
  z.string().regex(pattern, mensaje).optional();

const https = z.url({ protocol: /^https$/, error: 'debe ser una dirección https://' }).optional();
const claim = texto(/^[\w:./-]{1,200}$/, 'debe ser el nombre de un dato del token');

/** The keys of both stages about the API and the page: whether they are deployed, the page's own name, and its issuer. */
export const CONSULTAS_KEYS = {
  consultas: z.enum(['si', 'no'], 'debe ser si o no').default('no'),
  dominio: texto(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'debe ser un nombre de dominio, como inventario.example.com',
  ),
  certificadoArn: texto(
    /^arn:aws:acm:us-east-1:\d{12}:certificate\/[a-f0-9-]{36}$/,
    'debe ser el ARN de un certificado de us-east-1, de donde los toma CloudFront',
  ),
  oidcIssuer: https,
  oidcClientId: texto(/^[\w.:-]{1,200}$/, 'debe ser el identificador de una aplicación'),
  oidcAuthorizeUrl: https,
  oidcTokenUrl: https,
  oidcLogoutUrl: https,
  oidcClaimRol: claim,
  oidcClaimTiendas: claim,
};

const Values = z.object(CONSULTAS_KEYS).extend({ dbConsultasSecretArn: z.string().optional() });

/** The context's values about the API and the page. `dbConsultasSecretArn` is for production alone. */
export type ConsultasContext = z.infer<typeof Values>;

type Key = keyof ConsultasContext;

/** Keys that need other keys. */
const NEEDS: readonly (readonly [Key, readonly Key[]])[] = [
  ['dominio', ['certificadoArn']],
  ['certificadoArn', ['dominio']],
  ['oidcIssuer', ['oidcClientId', 'oidcAuthorizeUrl', 'oidcTokenUrl']],
  ['oidcClientId', ['oidcIssuer']],
  ['oidcAuthorizeUrl', ['oidcIssuer']],
  ['oidcTokenUrl', ['oidcIssuer']],
  ['oidcLogoutUrl', ['oidcIssuer']],
  ['oidcClaimRol', ['oidcIssuer']],
  ['oidcClaimTiendas', ['oidcIssuer']],
];

/** The problems of these keys' combination, by key; empty when there is none. */
export function findConsultasProblems(values: ConsultasContext): (readonly [Key, string])[] {
  const given = Values.keyof().options.filter((key) => key !== 'consultas' && values[key] !== undefined);
  if (values.consultas === 'no') return given.map((key) => [key, 'solo sirve con consultas=si']);
  return NEEDS.flatMap(([key, others]) =>
    others
      .filter((other) => given.includes(key) && !given.includes(other))
      .map((other) => [other, `falta, si se da ${key}`] as const),
  );
}
