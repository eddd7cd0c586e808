import { describe, expect, it } from '@jest/globals';
import { maySee, readAcceso } from '../../../lambdas/consultas/access.ts';
import { ACCESS, claimsOf } from '../../support/consultas.ts';

const NOW = new Date();

const read = (who: Readonly<Record<string, unknown>>): unknown => readAcceso(claimsOf(who), ACCESS, NOW);

/** The type of the problem that reading these claims throws. */
function problemOf(claims: unknown): unknown {
  try {
    return readAcceso(claims, ACCESS, NOW);
  } catch (error) {
    return error;
  }
}

describe('the claims of a token', () => {
  it.each([
    ['text', 'compradores'],
    ['a list', ['otros', 'compradores']],
    ["API Gateway's text of a list", '[otros compradores]'],
    ['API Gateway’s text of a list of one', '[compradores]'],
    ['words with commas', 'otros,compradores'],
    ['both roles', ['gerentes', 'compradores']],
  ])('make a buyer, who sees every store, when the role is %s', (_title, groups) => {
    expect(read({ 'cognito:groups': groups })).toEqual({ rol: 'comprador', tiendas: 'todas' });
  });

  it.each([
    ['commas', 'tienda_02,tienda_01'],
    ['commas and spaces', ' tienda_02, tienda_01 '],
    ['spaces', 'tienda_02 tienda_01'],
    ['a list', ['tienda_02', 'tienda_01', 'tienda_02']],
    ["API Gateway's text of a list", '[tienda_02 tienda_01]'],
  ])('make a manager of the stores that they name with %s', (_title, tiendas) => {
    expect(read({ 'cognito:groups': 'gerentes', 'custom:tiendas': tiendas })).toEqual({
      rol: 'gerente',
      tiendas: ['tienda_01', 'tienda_02'],
    });
  });

  it('may have other names', () => {
    const rules = { ...ACCESS, claimRol: 'roles', claimTiendas: 'sedes' };
    const claims = claimsOf({ roles: 'gerentes', sedes: 'tienda_01', 'cognito:groups': 'compradores' });

    expect(readAcceso(claims, rules, NOW)).toEqual({ rol: 'gerente', tiendas: ['tienda_01'] });
  });

  it('of API Gateway are texts, numbers too', () => {
    const exp = String(Math.floor(NOW.getTime() / 1_000) + 60);

    expect(read({ exp, 'cognito:groups': '[compradores]' })).toMatchObject({ rol: 'comprador' });
  });

  it('may name the application as client_id', () => {
    expect(
      read({ aud: undefined, client_id: ACCESS.audience, 'cognito:groups': 'compradores' }),
    ).toMatchObject({
      rol: 'comprador',
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['have no role', {}],
    ['have an unknown role', { 'cognito:groups': 'jefes' }],
    ['have a role that only begins like ours', { 'cognito:groups': 'compradores2' }],
    ['have a role that is no text', { 'cognito:groups': { compradores: true } }],
    ['are of a manager without stores', { 'cognito:groups': 'gerentes' }],
    ['are of a manager with an empty list', { 'cognito:groups': 'gerentes', 'custom:tiendas': '[]' }],
  ])('give no access when they %s', (_title, who) => {
    expect(problemOf(claimsOf(who))).toMatchObject({ type: 'sin-acceso' });
  });

  it.each<[string, unknown]>([
    ['there are none', undefined],
    ['they are no object', 'compradores'],
    ['they are null', null],
    ['the issuer is another', claimsOf({ 'cognito:groups': 'compradores', iss: 'https://otro.example' })],
    ['the issuer is missing', claimsOf({ 'cognito:groups': 'compradores', iss: undefined })],
    ['the audience is another', claimsOf({ 'cognito:groups': 'compradores', aud: 'otra' })],
    ['the time is over', claimsOf({ 'cognito:groups': 'compradores', exp: NOW.getTime() / 1_000 - 1 })],
    ['the time is missing', claimsOf({ 'cognito:groups': 'compradores', exp: undefined })],
    ['the time is no number', claimsOf({ 'cognito:groups': 'compradores', exp: 'mañana' })],
    ['it is an access token', claimsOf({ 'cognito:groups': 'compradores', token_use: 'access' })],
  ])('are no session when %s', (_title, claims) => {
    expect(problemOf(claims)).toMatchObject({ type: 'sin-sesion' });
  });
});

describe('a manager', () => {
  it('may see his stores and no others', () => {
    const acceso = readAcceso(
      claimsOf({ 'cognito:groups': 'gerentes', 'custom:tiendas': 'tienda_01' }),
      ACCESS,
      NOW,
    );

    expect(['tienda_01', 'tienda_02', 'tienda', ''].filter((id) => maySee(acceso, id))).toEqual([
      'tienda_01',
    ]);
  });
});
