import { beforeEach, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import { readCatalogo } from '../../../lambdas/core/config/catalogo.ts';
import { CLIENT_ID, createIssuer, RUTAS } from '../../../local/consultas/issuer.ts';
import {
  askForm,
  authorizeParams,
  backOf,
  choose,
  createPkce,
  exchange,
  login,
} from '../../support/consultas-login.ts';
import type { IssuerAccess, Pkce } from '../../support/consultas-login.ts';

const ISSUER = 'http://127.0.0.1:4180';
const REDIRECT = `${ISSUER}/entrar`;
const START = new Date('2026-11-29T12:00:00Z');

let ahora: Date;
let access: IssuerAccess;
let pkce: Pkce;

beforeEach(async () => {
  ahora = START;
  const { app } = await createIssuer({
    issuer: ISSUER,
    redirectUri: REDIRECT,
    tiendas: readCatalogo(),
    ahora: () => ahora,
  });
  access = {
    issuer: ISSUER,
    redirectUri: REDIRECT,
    ask: async (url, init) => app.request(url, init),
  };
  pkce = createPkce();
});

const later = (segundos: number): void => {
  ahora = new Date(START.getTime() + 1000 * segundos);
};

async function verify(token: string): Promise<JWTPayload> {
  const jwks = z
    .object({ keys: z.array(z.looseObject({ kty: z.literal('RSA') })) })
    .parse(await (await access.ask(`${ISSUER}${RUTAS.llaves}`)).json());
  const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), { issuer: ISSUER, currentDate: ahora });
  return payload;
}

async function getCode(persona = 'comprador'): Promise<string> {
  return backOf(await choose(access, persona, authorizeParams(access, pkce))).searchParams.get('code') ?? '';
}

describe('The local issuer', () => {
  it('describes its endpoints', async () => {
    const response = await access.ask(`${ISSUER}${RUTAS.descubrimiento}`);

    expect(await response.json()).toMatchObject({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/oauth2/authorize`,
      token_endpoint: `${ISSUER}/oauth2/token`,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
      code_challenge_methods_supported: ['S256'],
    });
  });

  it('shows one button for the buyer and one for the manager of each active store, and loads nothing from elsewhere', async () => {
    const response = await askForm(access, authorizeParams(access, pkce));
    const html = await response.text();

    expect(response.status).toBe(200);
    expect([...html.matchAll(/<button [^>]*>([^<]*)</g)].map(([, texto]) => texto)).toEqual([
      'Comprador: todas las tiendas',
      'Gerente de PERIFERICO',
      'Gerente de BOSQUE',
      'Gerente de ARTIGAS',
      'Gerente de PARAISO',
      'Gerente de TAZAJAL',
    ]);
    expect(html).not.toMatch(/(src|href|url)[=(]/);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('gives a buyer a token for an hour with his group', async () => {
    const { id_token, expires_in } = await login(access, 'comprador');

    expect(expires_in).toBe(3600);
    expect(await verify(id_token)).toEqual({
      iss: ISSUER,
      aud: CLIENT_ID,
      sub: 'comprador',
      iat: START.getTime() / 1000,
      auth_time: START.getTime() / 1000,
      exp: START.getTime() / 1000 + 3600,
      token_use: 'id',
      nonce: 'nonce-1',
      'cognito:username': 'comprador',
      'cognito:groups': ['compradores'],
    });
  });

  it('gives a manager a token with his group and his store', async () => {
    expect(await verify((await login(access, 'gerente-tienda_20')).id_token)).toMatchObject({
      'cognito:groups': ['gerentes'],
      'custom:tiendas': 'tienda_20',
    });
  });

  it('gives an access token that cannot be taken for the id token', async () => {
    const payload = await verify((await login(access, 'comprador')).access_token);

    expect(payload).toMatchObject({ token_use: 'access', client_id: CLIENT_ID });
    expect(payload.aud).toBeUndefined();
  });

  it('sends the state back with the code', async () => {
    const back = backOf(await choose(access, 'comprador', authorizeParams(access, pkce)));

    expect(back.origin + back.pathname).toBe(REDIRECT);
    expect(back.searchParams.get('state')).toBe('estado-1');
  });

  it('redirects to the page after logout, whatever address was asked for', async () => {
    const response = await access.ask(`${ISSUER}${RUTAS.salir}?logout_uri=https://ladron.example/`);

    expect([response.status, response.headers.get('location')]).toEqual([302, `${ISSUER}/`]);
  });
});

it('The form of the local issuer shows what it was given as text', async () => {
  const params = { ...authorizeParams(access, pkce), state: '"><script>alert(1)</script>' };

  expect(await (await askForm(access, params)).text()).toContain(
    'value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"',
  );
});

describe('The local issuer shows the problem, without a redirect, when a request', () => {
  it.each<[string, Record<string, string>]>([
    ['has a foreign redirect_uri', { redirect_uri: 'https://ladron.example/entrar' }],
    ['has a redirect_uri that only begins alike', { redirect_uri: `${REDIRECT}/otra` }],
    ['has another client_id', { client_id: 'otro' }],
  ])('%s', async (_title, change) => {
    const params = { ...authorizeParams(access, pkce), ...change };
    for (const response of [await askForm(access, params), await choose(access, 'comprador', params)]) {
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
      expect(await response.text()).toContain('No se puede entrar así');
    }
  });

  it('is of a person that it does not know', async () => {
    const response = await choose(access, 'gerente-tienda_99', authorizeParams(access, pkce));

    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });
});

describe('The local issuer sends an error back, and no code, when a request', () => {
  it.each<[string, Record<string, string>]>([
    ['has no challenge', { code_challenge: '' }],
    ['has a challenge that is no SHA-256', { code_challenge: 'abc' }],
    ['wants the plain method', { code_challenge_method: 'plain' }],
    ['wants a token at once', { response_type: 'token' }],
    ['does not ask for openid', { scope: 'email' }],
  ])('%s', async (_title, change) => {
    const back = backOf(await askForm(access, { ...authorizeParams(access, pkce), ...change }));

    expect(back.origin + back.pathname).toBe(REDIRECT);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      error: 'invalid_request',
      state: 'estado-1',
    });
    expect(back.searchParams.has('code')).toBe(false);
  });
});

describe('The local issuer gives no token', () => {
  const expectRefusal = async (response: Response, error = 'invalid_grant'): Promise<void> => {
    expect([response.status, await response.json()]).toEqual([400, { error }]);
  };

  it('for a code that was used', async () => {
    const code = await getCode();
    expect((await exchange(access, code, pkce.verifier)).status).toBe(200);

    await expectRefusal(await exchange(access, code, pkce.verifier));
  });

  it('for another verifier, and none for the right one afterwards', async () => {
    const code = await getCode();

    await expectRefusal(await exchange(access, code, createPkce().verifier));
    await expectRefusal(await exchange(access, code, pkce.verifier));
  });

  it('for the challenge in the place of the verifier', async () => {
    await expectRefusal(await exchange(access, await getCode(), pkce.challenge));
  });

  it('for a code of more than a minute ago', async () => {
    const code = await getCode();
    later(61);

    await expectRefusal(await exchange(access, code, pkce.verifier));
  });

  it('for a code that it never gave', async () => {
    await expectRefusal(await exchange(access, 'inventado', pkce.verifier));
  });

  it('for another redirect_uri', async () => {
    await expectRefusal(
      await exchange(access, await getCode(), pkce.verifier, { redirect_uri: 'https://ladron.example/' }),
    );
  });

  it.each([
    ['another client_id', { client_id: 'otro' }],
    ['another grant', { grant_type: 'password' }],
    ['a verifier that is too short', { code_verifier: 'corto' }],
  ])('for %s', async (_title, change) => {
    await expectRefusal(await exchange(access, await getCode(), pkce.verifier, change), 'invalid_request');
  });

  it('for a body that is no form', async () => {
    const response = await access.ask(`${ISSUER}${RUTAS.token}`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });

    await expectRefusal(response, 'invalid_request');
  });
});

it('Two issuers have different keys', async () => {
  const { app: other } = await createIssuer({
    issuer: ISSUER,
    redirectUri: REDIRECT,
    tiendas: readCatalogo(),
  });
  const { id_token } = await login(access, 'comprador');
  access = { ...access, ask: async (url, init) => other.request(url, init) };

  await expect(verify(id_token)).rejects.toThrow();
});
