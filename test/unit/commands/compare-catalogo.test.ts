import { describe, expect, it } from '@jest/globals';
import { compareCatalogo } from '../../../bin/commands/compare-catalogo.ts';
import type { AlmacenKlk } from '../../../lambdas/core/klk/fetch-almacenes.ts';
import { parseCatalogo } from '../../../lambdas/core/config/catalogo.ts';
import { BOSQUE, PERIFERICO } from '../../support/snapshots.ts';

const klk = (codigo: string, changes: Partial<AlmacenKlk> = {}): AlmacenKlk => ({
  codigo,
  nombre: 'PISO DE VENTA',
  sucursal: 'SUC001',
  nombreSucursal: 'PERIFERICO',
  ...changes,
});

const OF_PERIFERICO = [klk('APP-TPF'), klk('APP-PPF', { nombre: 'PRINCIPAL' })];
const OF_BOSQUE = klk('APP-TBQ', { sucursal: 'SUC002', nombreSucursal: 'BOSQUE' });
const CATALOGO = [PERIFERICO, BOSQUE];

describe('the catalogue against the warehouses of KLK', () => {
  it('agrees when both have the same warehouses, in whichever list of KLK they are', () => {
    const listas = { pisoventa: [OF_BOSQUE], reposicion: OF_PERIFERICO };
    expect(compareCatalogo(CATALOGO, listas)).toEqual({
      coinciden: 3,
      desconocidos: [],
      diferencias: [],
      faltan: [],
      sinVenta: [],
    });
  });

  it('reports each code that KLK does not know, with the code that was probably meant', () => {
    const mistyped = {
      ...BOSQUE,
      activa: false,
      almacenes: [{ codigo: 'APP-TQB', nombre: 'PISO DE VENTA' }],
    };
    const { desconocidos } = compareCatalogo([PERIFERICO, mistyped], {
      pisoventa: [OF_BOSQUE],
      reposicion: [klk('APP-TPF')],
    });
    expect(desconocidos).toEqual([
      { tienda: 'tienda_01', almacen: 'APP-PPF', activa: true, parecido: undefined, entrada: undefined },
      {
        tienda: 'tienda_08',
        almacen: 'APP-TQB',
        activa: false,
        parecido: 'APP-TBQ',
        entrada: { codigo: 'APP-TBQ', nombre: 'PISO DE VENTA' },
      },
    ]);
  });

  it('suggests the probable code in place of the mistyped one, not as another missing one', () => {
    const mistyped = { ...BOSQUE, almacenes: [{ codigo: 'APP-TBX', nombre: 'PISO DE VENTA' }] };
    const { faltan } = compareCatalogo([mistyped], { pisoventa: [OF_BOSQUE], reposicion: [OF_BOSQUE] });
    expect(faltan).toEqual([]);
  });

  it('suggests each code once only, preferably one of the same branch', () => {
    const twice = { ...BOSQUE, almacenes: ['APP-TBX', 'APP-TBY'].map((codigo) => ({ codigo, nombre: 'X' })) };
    const elsewhere = klk('APP-TBX1', { sucursal: 'SUC050', nombreSucursal: 'OTRA' });
    const { desconocidos, faltan } = compareCatalogo([twice], {
      pisoventa: [elsewhere, OF_BOSQUE],
      reposicion: [],
    });
    expect(desconocidos.map(({ parecido }) => parecido)).toEqual(['APP-TBQ', 'APP-TBX1']);
    expect(faltan).toEqual([]);
  });

  it('never suggests a warehouse of returns or shrinkage', () => {
    const mistyped = { ...PERIFERICO, almacenes: [{ codigo: 'APP-XPF', nombre: 'PISO DE VENTA' }] };
    const merma = klk('APP-MPF', { nombre: 'MERMA' });
    const { desconocidos, sinVenta } = compareCatalogo([mistyped], { pisoventa: [], reposicion: [merma] });
    expect(desconocidos).toMatchObject([{ parecido: undefined }]);
    expect(sinVenta).toEqual([merma]);
  });

  it('reports warehouses that have different names in both', () => {
    const renamed = klk('APP-TPF', { nombre: 'PISO', nombreSucursal: 'PERIFÉRICO', sucursal: 'SUC009' });
    const { diferencias } = compareCatalogo([PERIFERICO], {
      pisoventa: [renamed],
      reposicion: OF_PERIFERICO,
    });
    expect(diferencias).toEqual([
      {
        tienda: 'tienda_01',
        almacen: 'APP-TPF',
        dato: 'nombre de la tienda',
        catalogo: 'PERIFERICO',
        klk: 'PERIFÉRICO',
      },
      {
        tienda: 'tienda_01',
        almacen: 'APP-TPF',
        dato: 'nombre del almacén',
        catalogo: 'PISO DE VENTA',
        klk: 'PISO',
      },
      { tienda: 'tienda_01', almacen: 'APP-TPF', dato: 'sucursal', catalogo: 'SUC001', klk: 'SUC009' },
    ]);
  });

  it('prints the entry to add for a missing sales floor of a known store, but none for returns and shrinkage', () => {
    const merma = klk('APP-MPF', { nombre: 'MERMA' });
    const segundo = klk('APP-SPF', { nombre: 'SEGUNDO PISO' });
    const { faltan, sinVenta } = compareCatalogo([PERIFERICO], {
      pisoventa: [segundo],
      reposicion: [...OF_PERIFERICO, merma, segundo],
    });
    expect(faltan).toEqual([
      { almacenes: [segundo], tienda: 'tienda_01', entrada: [{ codigo: 'APP-SPF', nombre: 'SEGUNDO PISO' }] },
    ]);
    expect(sinVenta).toEqual([merma]);
  });

  it('prints a whole entry for a missing store, with its sales floor only, which the catalogue accepts', () => {
    const piso = klk('NUEVA', { sucursal: 'SUC020', nombreSucursal: 'NUEVA TIENDA' });
    const merma = { ...piso, codigo: 'NUEVA-M', nombre: 'MERMA' };
    const cedi = klk('CEDI', { sucursal: 'SUC099', nombreSucursal: 'CEDI', nombre: 'PRINCIPAL' });
    const { faltan, sinVenta } = compareCatalogo(CATALOGO, {
      pisoventa: [piso],
      reposicion: [...OF_PERIFERICO, OF_BOSQUE, piso, merma, cedi],
    });
    expect(faltan.map(({ entrada }) => entrada)).toEqual([
      {
        id: 'tienda_09',
        nombre: 'NUEVA TIENDA',
        tipo: 'tienda',
        activa: true,
        almacenes: [{ codigo: 'NUEVA', nombre: 'PISO DE VENTA' }],
        sucursalKlk: 'SUC020',
      },
    ]);
    expect(sinVenta).toEqual([merma, cedi]);
    const text = JSON.stringify({ tiendas: [...CATALOGO, ...faltan.map(({ entrada }) => entrada)] });
    expect(parseCatalogo(text, 'tiendas.json')).toHaveLength(3);
  });
});
