import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';
import { FLUCTUATIONS } from '../../local/klk-simulator/fluctuations.ts';

const TIENDAS = [
  {
    nombre: 'PERIFERICO',
    tipo: 'tienda',
    almacenes: [{ codigo: 'APP-TPF', nombre: 'PISO DE VENTA' }],
    sucursalKlk: 'SUC001',
  },
];
const DIAS = Array.from({ length: 90 }, (_, index) => 20_500 + index);
const ARTICULOS = Array.from({ length: 3_000 }, (_, index) => index + 1);
const HORA_MS = 3_600_000;
const ahora = new Date('2026-03-17T03:59:00Z');

const isMissing = (numero: number, dia: number, baseMilesimas = 20_000): boolean =>
  FLUCTUATIONS.falta('APP-TPF', { numero, baseMilesimas }, dia);

describe('An article that is not delivered', () => {
  it('is delivered again after 12 days at most, and on every day some articles are missing', () => {
    const byDia = DIAS.map((dia) => ARTICULOS.filter((numero) => isMissing(numero, dia)).length);
    expect(Math.min(...byDia)).toBeGreaterThan(0.03 * ARTICULOS.length);
    expect(Math.max(...byDia)).toBeLessThan(0.12 * ARTICULOS.length);

    const longest = ARTICULOS.map((numero) => {
      const runs = DIAS.map((dia) => (isMissing(numero, dia) ? 'x' : ' '))
        .join('')
        .split(' ');
      return Math.max(...runs.map(({ length }) => length));
    });
    expect(Math.max(...longest)).toBe(12);
  });

  it('is never one with much stock or without any', () => {
    for (const base of [31_000, 0, -5_000]) {
      expect(ARTICULOS.some((numero) => DIAS.some((dia) => isMissing(numero, dia, base)))).toBe(false);
    }
  });
});

describe('A price', () => {
  it('is the usual one for two articles in three, and close to it for the others', () => {
    const factors = ARTICULOS.map((numero) => FLUCTUATIONS.factorDePrecio(numero, 20_500));
    expect(factors.filter((factor) => factor === 1).length / ARTICULOS.length).toBeCloseTo(0.69, 1);
    expect([Math.min(...factors), Math.max(...factors)]).toEqual([0.96, 1.09]);
  });

  it('changes for one article in a hundred on a day', () => {
    const changes = DIAS.slice(1).flatMap((dia) =>
      ARTICULOS.filter(
        (numero) => FLUCTUATIONS.factorDePrecio(numero, dia) !== FLUCTUATIONS.factorDePrecio(numero, dia - 1),
      ),
    );
    expect(changes.length / (DIAS.length * ARTICULOS.length)).toBeCloseTo(0.011, 2);
  });
});

describe('A simulator with missing articles and changing prices', () => {
  let klk: KlkSimulator;
  beforeAll(async () => {
    klk = await startKlkSimulator({
      tiendas: TIENDAS,
      lineasPorDia: 1_000,
      existenciaSegunVentas: true,
      fluctuations: FLUCTUATIONS,
      quirks: { tardias: 0, anuladas: 0, repetidas: 0 },
      ahora: () => ahora,
    });
  });
  afterAll(() => klk.close());

  it('sells at the price that the inventory shows', () => {
    const precios = new Map(klk.articulos('APP-TPF', ahora).map(({ Codigo, Precio }) => [Codigo, Precio]));
    const vendidas = klk
      .ventas('SUC001', '2026-03-16')
      .flatMap(({ producto: [producto], financiero: [financiero] }) => ({
        codigo: producto?.codigo_producto ?? '',
        precio: financiero?.precio_unitario_usd,
      }))
      .filter(({ codigo }) => precios.has(codigo));

    expect(vendidas.length).toBeGreaterThan(800);
    expect(vendidas).toEqual(vendidas.map(({ codigo }) => ({ codigo, precio: precios.get(codigo) })));
  });

  it('gives for any moment the answer that it would have given then', async () => {
    const body = JSON.stringify({ Codigoalmacen: 'APP-TPF' });
    for (const horas of [0, 200, 900]) {
      const momento = new Date(ahora.getTime() - horas * HORA_MS);
      klk.setAhora(() => momento);
      const before = klk.articulos('APP-TPF', momento);
      const response = await fetch(`${klk.baseUrl}/maestra/articulos/almacen`, { method: 'POST', body });

      expect(await response.json()).toMatchObject({ articulos: before });
    }
    klk.setAhora(() => ahora);
  });

  it('has no stock of a missing article, however much there was, and fills the shelf afterwards', () => {
    const stocks = Array.from({ length: 30 }, (_, index) =>
      klk
        .articulos('APP-TPF', new Date(ahora.getTime() - 16 * HORA_MS - index * 24 * HORA_MS))
        .map(({ stock }) => stock),
    ).reverse();
    const days = (stocks[0] ?? []).map((_, articulo) =>
      stocks.map((dia) => Math.sign(dia[articulo] ?? 0)).join(''),
    );
    // At 08:00 little is sold yet: there, then nothing for two days or more, then there again.
    expect(days.filter((signs) => /1{3}0{2,12}1{3}/.test(signs)).length).toBeGreaterThan(10);
  });
});
