import type { ConsultasContext } from '../context-consultas.ts';

/** Who says who a reader is, and what the page needs to send him there. */
export interface Issuer {
  readonly issuer: string;
  readonly clientId: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** Null: the issuer's own session does not end with the page's. */
  readonly logoutUrl: string | null;
}

/** The readers of a page, before it has an address. */
export interface Readers {
  /** Of the address at which the page exchanges its code for tokens. */
  readonly tokenOrigin: string;
  createIssuer(pageUrl: string): Issuer;
}

/** Readers whom an issuer knows that the chain has already; undefined when the context names none. */
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
