import { beforeAll, describe, expect, it } from '@jest/globals';
import { COMPRADOR, claimsOf, gerenteDe, useConsultas } from '../support/consultas.ts';

const { database, get } = await useConsultas();

beforeAll(async () => {
  await database.query(
    `INSERT INTO ubicaciones (id, nombre, tipo, activo) VALUES
       ('tienda_01', 'FERIAS', 'tienda', true), ('tienda_02', 'BOSQUE', 'tienda', true),
       ('cedi_01', 'CEDI', 'cedi', true), ('tienda_09', 'CERRADA', 'tienda', false)`,
  );
});

describe('/sesion', () => {
  const TODAS = [
    { id: 'tienda_02', nombre: 'BOSQUE' },
    { id: 'cedi_01', nombre: 'CEDI' },
    { id: 'tienda_01', nombre: 'FERIAS' },
  ];

  it('A buyer sees every active store, by name', async () => {
    expect((await get('/sesion')).json).toEqual({ rol: 'comprador', tiendas: TODAS, nombres: TODAS });
  });

  it('A manager sees the active stores of the claim, and the names of all stores', async () => {
    const { json } = await get('/sesion', { claims: gerenteDe('tienda_01', 'tienda_09', 'otra') });

    expect(json).toEqual({
      rol: 'gerente',
      tiendas: [{ id: 'tienda_01', nombre: 'FERIAS' }],
      nombres: TODAS,
    });
  });

  it.each([
    ['no token', null, 401],
    ['a token without a role', claimsOf({}), 403],
    ['a manager without stores', claimsOf({ 'cognito:groups': '[gerentes]' }), 403],
    ['an expired token', { ...COMPRADOR, exp: '1700000000' }, 401],
  ])('It answers nothing to %s', async (_title, claims, status) => {
    expect((await get('/sesion', { claims })).status).toBe(status);
  });
});
