import type { ConsultasContext } from '../context-consultas.ts';

/** The OIDC issuer of the readers' tokens, and the addresses that the page needs for login and logout. */
export interface Issuer {
  readonly issuer: string;
  readonly clientId: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** Null when logging out of the page does not log out of the issuer. */
  readonly logoutUrl: string | null;
}

/** The readers' issuer before the page has an address. */
export interface Readers {
  /** The origin of the address at which the page exchanges its code for tokens. */
  readonly tokenOrigin: string;
  createIssuer(pageUrl: string): Issuer;
}

/** The readers of an issuer that the chain already has; undefined when the context names none. */
export function externalReaders(context: ConsultasContext): Readers | undefined {
  const { oidcIssuer, oidcClientId, oidcAuthorizeUrl, oidcTokenUrl, oidcLogoutUrl } = context;
  if (
    oidcIssuer === undefined ||
    oidcClientId === undefined ||
    oidcAuthorizeUrl === undefined ||
    oidcTokenUrl === undefined
  ) {
    return undefined;
  }
  const issuer = {
    issuer: oidcIssuer,
    clientId: oidcClientId,
    authorizeUrl: oidcAuthorizeUrl,
    tokenUrl: oidcTokenUrl,
    logoutUrl: oidcLogoutUrl ?? null,
  };
  return { tokenOrigin: new URL(oidcTokenUrl).origin, createIssuer: () => issuer };
}
