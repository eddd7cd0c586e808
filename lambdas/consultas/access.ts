import { z } from 'zod';
import { ProblemError } from './problem.ts';

/** Role of a user, and the stores that he may see. */
export type Acceso =
  | { readonly rol: 'comprador'; readonly tiendas: 'todas' }
  | { readonly rol: 'gerente'; readonly tiendas: readonly string[] };

/** Whose tokens are accepted, and which claims hold role and stores. */
export interface AccessRules {
  readonly issuer: string;
  readonly audience: string;
  readonly claimRol: string;
  readonly claimTiendas: string;
}

/** The claims of a verified token. API Gateway passes every claim as text. */
const ClaimsSchema = z.record(z.string(), z.unknown());

const Seconds = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number),
]);

/**
 * What the claims of a verified token allow. The authorizer has verified the signature. Issuer, audience, expiry and kind of token are checked
 * again here, in case the authorizer is set up wrongly.
 * @throws ProblemError `sin-sesion` without claims or with those of another issuer, audience or time; `sin-acceso` without a role, or a manager without
 * stores
 */
export function readAcceso(claims: unknown, rules: AccessRules, now: Date): Acceso {
  const parsed = ClaimsSchema.safeParse(claims);
  if (!parsed.success || !isOurs(parsed.data, rules, now)) {
    throw new ProblemError('sin-sesion', 'Falta la sesión, o se venció: entre de nuevo.', {
      headers: { 'WWW-Authenticate': 'Bearer' },
    });
  }
  const roles = toList(parsed.data[rules.claimRol]);
  if (roles.includes('compradores')) return { rol: 'comprador', tiendas: 'todas' };
  if (!roles.includes('gerentes')) {
    throw new ProblemError(
      'sin-acceso',
      'Su usuario no es de compradores ni de gerentes: pídaselo a quien administra los usuarios.',
    );
  }
  const tiendas = [...new Set(toList(parsed.data[rules.claimTiendas]))].sort();
  if (tiendas.length === 0) {
    throw new ProblemError(
      'sin-acceso',
      'Su usuario es de gerentes y no tiene ninguna tienda: pídasela a quien administra los usuarios.',
    );
  }
  return { rol: 'gerente', tiendas };
}

function isOurs(claims: Readonly<Record<string, unknown>>, rules: AccessRules, now: Date): boolean {
  const expires = Seconds.safeParse(claims['exp']);
  const { token_use: use = 'id' } = claims;
  return (
    claims['iss'] === rules.issuer &&
    (toList(claims['aud']).includes(rules.audience) || claims['client_id'] === rules.audience) &&
    expires.success &&
    expires.data * 1_000 > now.getTime() &&
    use === 'id'
  );
}

/** The words of a claim, which is a list, text with commas or spaces, or a list as API Gateway writes it: `[a b]`. */
function toList(claim: unknown): string[] {
  if (Array.isArray(claim)) {
    const items: readonly unknown[] = claim;
    return items.filter((item) => typeof item === 'string' && item !== '').map(String);
  }
  if (typeof claim !== 'string') return [];
  return claim
    .replace(/^\[(.*)\]$/s, '$1')
    .split(/[\s,]+/)
    .filter((word) => word !== '');
}

/** Whether a user may see a store. */
export const maySee = ({ tiendas }: Acceso, tienda: string): boolean =>
  tiendas === 'todas' || tiendas.includes(tienda);

/** Role and stores of a user as one text. Users with the same text get the same answers. */
export const scopeOf = ({ rol, tiendas }: Acceso): string =>
  `${rol}:${tiendas === 'todas' ? '*' : tiendas.join(',')}`;
