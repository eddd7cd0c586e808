/** Whose tokens the API of the tests accepts. */
export const ACCESS = {
  issuer: 'https://emisor.example',
  audience: 'pagina',
  claimRol: 'cognito:groups',
  claimTiendas: 'custom:tiendas',
};

/** The claims of somebody's token: what every token of ours has, and who it is. */
export const claimsOf = (who: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  iss: ACCESS.issuer,
  aud: ACCESS.audience,
  exp: Math.floor(Date.now() / 1_000) + 3_600,
  token_use: 'id',
  ...who,
});

export const COMPRADOR = claimsOf({ 'cognito:groups': 'compradores' });

/** A manager of these stores. */
export const gerenteDe = (...tiendas: readonly string[]): Record<string, unknown> =>
  claimsOf({ 'cognito:groups': 'gerentes', 'custom:tiendas': tiendas.join(',') });
