import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { CLIENT_ID, RUTAS } from '../../local/consultas/issuer.ts';

/** Where the local issuer is, and how it is asked. */
export interface IssuerAccess {
  readonly issuer: string;
  readonly redirectUri: string;
  /** `fetch`, without following redirections. */
  readonly ask: (url: string, init?: RequestInit) => Promise<Response>;
}

/** PKCE's secret and what the issuer is told of it. */
export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
}

export const createPkce = (): Pkce => {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
};

/** The parameters of a good request. */
export const authorizeParams = (
  { redirectUri }: IssuerAccess,
  { challenge }: Pkce,
): Record<string, string> => ({
  client_id: CLIENT_ID,
  redirect_uri: redirectUri,
  response_type: 'code',
  scope: 'openid',
  state: 'estado-1',
  nonce: 'nonce-1',
  code_challenge: challenge,
  code_challenge_method: 'S256',
});

/** Shows the form. */
export const askForm = (access: IssuerAccess, params: Record<string, string>): Promise<Response> =>
  access.ask(`${access.issuer}${RUTAS.autorizar}?${new URLSearchParams(params).toString()}`);

const post = (access: IssuerAccess, ruta: string, params: Record<string, string>): Promise<Response> =>
  access.ask(`${access.issuer}${ruta}`, { method: 'POST', body: new URLSearchParams(params) });

/** Clicks the button of a person, with the parameters that the form carries. */
export const choose = (
  access: IssuerAccess,
  persona: string,
  params: Record<string, string>,
): Promise<Response> => post(access, RUTAS.autorizar, { ...params, persona });

/** Where an answer leads back to. */
export const backOf = (response: Response): URL => new URL(response.headers.get('location') ?? '');

/** Exchanges a code. */
export const exchange = (
  access: IssuerAccess,
  code: string,
  verifier: string,
  changes: Record<string, string> = {},
): Promise<Response> =>
  post(access, RUTAS.token, {
    grant_type: 'authorization_code',
    client_id: CLIENT_ID,
    redirect_uri: access.redirectUri,
    code,
    code_verifier: verifier,
    ...changes,
  });

const TokensSchema = z.object({ id_token: z.string(), access_token: z.string(), expires_in: z.number() });

export type Tokens = z.infer<typeof TokensSchema>;

/** Enters as a person, with one click: the form, its button, the way back, the exchange. */
export async function login(access: IssuerAccess, persona: string): Promise<Tokens> {
  const pkce = createPkce();
  const params = authorizeParams(access, pkce);
  const form = await (await askForm(access, params)).text();
  if (!form.includes(`value="${persona}"`)) throw new Error(`the form has no button for ${persona}`);
  const code = backOf(await choose(access, persona, params)).searchParams.get('code') ?? '';
  return TokensSchema.parse(await (await exchange(access, code, pkce.verifier)).json());
}
