import { createHash, randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { POLITICA_DEL_FORMULARIO, renderForm, renderProblem } from './issuer-pages.ts';
import { listPersonas } from './personas.ts';
import type { Persona } from './personas.ts';

/** The only client that may log in. */
export const CLIENT_ID = 'consultas-local';

/** Paths of the issuer, below its own address. */
export const RUTAS = {
  descubrimiento: '/.well-known/openid-configuration',
  llaves: '/.well-known/jwks.json',
  autorizar: '/oauth2/authorize',
  token: '/oauth2/token',
  salir: '/logout',
} as const;

const SEGUNDOS_DEL_TOKEN = 3600;
const SEGUNDOS_DEL_CODIGO = 60;
const ALG = 'RS256';
const KID = 'local';

export interface IssuerOptions {
  /** Its address, `http://127.0.0.1:4180`. */
  readonly issuer: string;
  /** The only address to which a code is sent. */
  readonly redirectUri: string;
  readonly tiendas: readonly Tienda[];
  readonly ahora?: () => Date;
}

/** The issuer: its web application, and the keys that verify its tokens. */
export interface Issuer {
  readonly app: Hono;
  readonly jwks: JSONWebKeySet;
}

/** The grant that a code is exchanged for. */
interface Grant {
  readonly persona: Persona;
  readonly challenge: string;
  readonly nonce: string | undefined;
  readonly vence: number;
}

/** base64url of a SHA-256, as PKCE has it. */
const CHALLENGE = /^[\w-]{43}$/;

const createAuthorizeSchema = (redirectUri: string) =>
  z.object({
    client_id: z.literal(CLIENT_ID, 'no es la de esta página'),
    redirect_uri: z.literal(redirectUri, 'no es la de esta página'),
    response_type: z.literal('code', 'debe ser code'),
    scope: z.string('falta').refine((scope) => scope.split(' ').includes('openid'), 'debe pedir openid'),
    state: z.string('falta').min(1, 'falta').max(500),
    nonce: z.string().max(500).optional(),
    code_challenge: z.string('falta').regex(CHALLENGE, 'no es un SHA-256 en base64url'),
    code_challenge_method: z.literal('S256', 'debe ser S256'),
  });

/** Errors of these parameters are shown and not sent back, because the address of the request is not trusted. */
const SIN_REGRESO: ReadonlySet<PropertyKey> = new Set(['client_id', 'redirect_uri']);

const TokenSchema = z.object({
  grant_type: z.literal('authorization_code'),
  client_id: z.literal(CLIENT_ID),
  code: z.string(),
  redirect_uri: z.string(),
  code_verifier: z.string().regex(/^[\w.~-]{43,128}$/),
});

/**
 * An OpenID Connect issuer for this machine: a person logs in with one click, without a password. It supports code flow with PKCE only; a
 * code works once, within a minute; its keys are new at each start.
 */
export async function createIssuer(options: IssuerOptions): Promise<Issuer> {
  const { issuer, redirectUri, tiendas, ahora = () => new Date() } = options;
  const personas = listPersonas(tiendas);
  const { publicKey, privateKey } = await generateKeyPair(ALG);
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: KID, alg: ALG, use: 'sig' }] };
  const AuthorizeSchema = createAuthorizeSchema(redirectUri);
  const concesiones = new Map<string, Grant>();

  const segundos = (): number => Math.floor(ahora().getTime() / 1000);

  const sign = (persona: Persona, claims: Record<string, unknown>): Promise<string> =>
    new SignJWT({ ...persona.claims, ...claims, auth_time: segundos() })
      .setProtectedHeader({ alg: ALG, kid: KID })
      .setIssuer(issuer)
      .setSubject(persona.id)
      .setIssuedAt(segundos())
      .setExpirationTime(segundos() + SEGUNDOS_DEL_TOKEN)
      .sign(privateKey);

  function grant(concesion: Omit<Grant, 'vence'>): string {
    for (const [code, { vence }] of concesiones) if (vence < segundos()) concesiones.delete(code);
    const code = randomBytes(32).toString('base64url');
    concesiones.set(code, { ...concesion, vence: segundos() + SEGUNDOS_DEL_CODIGO });
    return code;
  }

  /** The grant of a code, which can be read once. */
  function spend(code: string, verifier: string): Grant | undefined {
    const concesion = concesiones.get(code);
    concesiones.delete(code);
    if (concesion === undefined || concesion.vence < segundos()) return undefined;
    return createHash('sha256').update(verifier).digest('base64url') === concesion.challenge
      ? concesion
      : undefined;
  }

  /** The form; with `persona`, the redirect to the page with a code. */
  function authorize(context: Context, values: Record<string, string>, persona?: Persona): Response {
    const parsed = AuthorizeSchema.safeParse(values);
    if (!parsed.success) {
      const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      const shown = parsed.error.issues.some(
        ({ path: [name] }) => name !== undefined && SIN_REGRESO.has(name),
      );
      if (shown) return sendPage(context, renderProblem(faults), 400);
      return goBack(context, redirectUri, {
        error: 'invalid_request',
        error_description: faults.join('; '),
        state: values['state'],
      });
    }
    const { state, nonce, code_challenge: challenge } = parsed.data;
    if (persona === undefined)
      return sendPage(context, renderForm(personas, RUTAS.autorizar, parsed.data), 200);
    return goBack(context, redirectUri, { code: grant({ persona, challenge, nonce }), state });
  }

  const app = new Hono();
  app.get(RUTAS.descubrimiento, (context) => context.json(describeIssuer(issuer)));
  app.get(RUTAS.llaves, (context) => context.json(jwks));
  app.get(RUTAS.autorizar, (context) => authorize(context, context.req.query()));
  app.post(RUTAS.autorizar, async (context) => {
    const { persona: id, ...values } = await readForm(context);
    const persona = personas.find((known) => known.id === id);
    return persona === undefined
      ? sendPage(context, renderProblem(['persona: elija una de la lista']), 400)
      : authorize(context, values, persona);
  });
  app.post(RUTAS.token, async (context) => {
    context.header('Cache-Control', 'no-store');
    const parsed = TokenSchema.safeParse(await readForm(context));
    if (!parsed.success) return context.json({ error: 'invalid_request' }, 400);
    const { code, code_verifier: verifier } = parsed.data;
    const concesion = spend(code, verifier);
    if (concesion === undefined || parsed.data.redirect_uri !== redirectUri)
      return context.json({ error: 'invalid_grant' }, 400);
    const { persona, nonce } = concesion;
    return context.json({
      id_token: await sign(persona, {
        token_use: 'id',
        aud: CLIENT_ID,
        ...(nonce !== undefined && { nonce }),
      }),
      access_token: await sign(persona, { token_use: 'access', client_id: CLIENT_ID }),
      token_type: 'Bearer',
      expires_in: SEGUNDOS_DEL_TOKEN,
    });
  });
  // The issuer keeps no session: a person chooses again at each login.
  app.get(RUTAS.salir, (context) => context.redirect(new URL('/', issuer).href));
  return { app, jwks };
}

const describeIssuer = (issuer: string): object => ({
  issuer,
  authorization_endpoint: `${issuer}${RUTAS.autorizar}`,
  token_endpoint: `${issuer}${RUTAS.token}`,
  jwks_uri: `${issuer}${RUTAS.llaves}`,
  end_session_endpoint: `${issuer}${RUTAS.salir}`,
  response_types_supported: ['code'],
  grant_types_supported: ['authorization_code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: [ALG],
  code_challenge_methods_supported: ['S256'],
  scopes_supported: ['openid'],
});

/** The fields of a form that are texts; the last of those that come twice. */
async function readForm(context: Context): Promise<Record<string, string>> {
  const form = await context.req.parseBody().catch(() => ({}));
  return z.record(z.string(), z.string()).catch({}).parse(form);
}

function sendPage(context: Context, html: string, status: 200 | 400): Response {
  context.header('Content-Security-Policy', POLITICA_DEL_FORMULARIO);
  context.header('Cache-Control', 'no-store');
  return context.html(html, status);
}

function goBack(
  context: Context,
  redirectUri: string,
  values: Readonly<Record<string, string | undefined>>,
): Response {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) url.searchParams.set(name, value);
  context.header('Cache-Control', 'no-store');
  return context.redirect(url.href, 303);
}
