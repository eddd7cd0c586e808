import { isNullable, isObject, isText, parse } from './shape.ts';
import type { Guarded } from './shape.ts';
import { createStore } from './store.ts';

/**
 * Login by OIDC's authorization code flow with PKCE. The tokens are kept in sessionStorage: they end with the tab, and no other site
 * reads them. The page does not read a token; the API verifies it.
 */

const isLoginSettings = isObject({
  issuer: isText,
  clientId: isText,
  authorizeUrl: isText,
  tokenUrl: isText,
  /** Null when logging out of the page does not log out of the issuer. */
  logoutUrl: isNullable(isText),
});
const isTokens = isObject({ id_token: isText });
const isPending = isObject({ verifier: isText, address: isText });
type LoginSettings = Guarded<typeof isLoginSettings>;

const TOKEN = 'token';
const pendingKey = (state: string): string => `entrada:${state}`;
const CALLBACK = '/entrar';

/**
 * The state of the session. `vencida`: the API refused the token; the data stay on the screen and the reader can log in again. `cerrada`: the reader logged out of the page
 * alone; the issuer would let him in again at once, so the page waits for a click.
 */
export const sesion = createStore<'abierta' | 'vencida' | 'ninguna' | 'cerrada'>(
  sessionStorage.getItem(TOKEN) === null ? 'ninguna' : 'abierta',
);

export const token = (): string | null => sessionStorage.getItem(TOKEN);

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function readLoginSettings(): Promise<LoginSettings> {
  const response = await fetch('/configuracion.json');
  return parse(isLoginSettings, await response.json());
}

/** Goes to the issuer's login, which returns to this address. */
export async function logIn(address = location.pathname + location.search): Promise<void> {
  const { authorizeUrl, clientId } = await readLoginSettings();
  const state = random();
  const verifier = random();
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  sessionStorage.setItem(pendingKey(state), JSON.stringify({ verifier, address }));
  const url = new URL(authorizeUrl);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: location.origin + CALLBACK,
    scope: 'openid',
    state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  };
  // The issuer's address may have parameters already, such as the language of its login page.
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

export const isCallback = (): boolean => location.pathname === CALLBACK;

/**
 * Completes the login that `logIn` began, and returns the address at which it began.
 * @throws Error, in the reader's words, when the issuer refused or the answer belongs to no login of this tab
 */
export async function completeLogIn(): Promise<string> {
  const answer = new URLSearchParams(location.search);
  const refusal = answer.get('error_description') ?? answer.get('error');
  if (refusal !== null) throw new Error(`El servicio de acceso contestó: ${refusal}`);
  const key = pendingKey(answer.get('state') ?? '');
  const pending = sessionStorage.getItem(key);
  const code = answer.get('code');
  if (pending === null || code === null) {
    throw new Error('Esta entrada no la pidió esta pestaña, o ya se usó.');
  }
  const { verifier, address } = parse(isPending, JSON.parse(pending));
  const { tokenUrl, clientId } = await readLoginSettings();
  const response = await fetch(tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      code,
      redirect_uri: location.origin + CALLBACK,
      code_verifier: verifier,
    }),
  });
  if (!response.ok) throw new Error('El servicio de acceso no reconoció esta entrada.');
  const tokens = parse(isTokens, await response.json());
  // Answers of another reader, who may have used this tab before, are removed.
  sessionStorage.clear();
  sessionStorage.setItem(TOKEN, tokens.id_token);
  sesion.set('abierta');
  return address;
}

/** Removes the tokens and every answer, and ends the issuer's session too if the issuer has an address for it. */
export async function logOut(): Promise<void> {
  sessionStorage.clear();
  const { logoutUrl, clientId } = await readLoginSettings();
  if (logoutUrl === null) {
    sesion.set('cerrada');
    return;
  }
  const url = new URL(logoutUrl);
  url.searchParams.set('client_id', clientId);
  // Cognito reads `logout_uri`, other issuers `post_logout_redirect_uri`.
  url.searchParams.set('logout_uri', `${location.origin}/`);
  url.searchParams.set('post_logout_redirect_uri', `${location.origin}/`);
  location.assign(url);
}
