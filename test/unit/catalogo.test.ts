import { describe, expect, it } from '@jest/globals';
import { parseCatalogo, readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { tiendaKlk } from '../fixtures/klk/tienda.ts';

const UNO = tiendaKlk('UNO');
const DOS = tiendaKlk('DOS');

const parse = (tiendas: unknown): unknown => parseCatalogo(JSON.stringify({ tiendas }), 'otra.json');

/** The problems for which a catalogue is refused. */
function problemasOf(text: string): readonly string[] {
  try {
    parseCatalogo(text, 'otra.json');
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConfiguracionInvalida' });
    if (Error.isError(error)) return error.message.split('\n').slice(1);
  }
  return [];
}

describe('the catalogue of the chain', () => {
  const tiendas = readCatalogo();

  it('has as active the five stores that the predecessor loaded, in its order', () => {
    const activas = tiendas.filter(({ activa }) => activa);

    expect(activas.map(({ id, nombre, almacenes }) => [id, nombre, almacenes[0]?.codigo])).toEqual([
      ['tienda_01', 'PERIFERICO', 'APP-TPF'],
      ['tienda_08', 'BOSQUE', 'APP-TBQ'],
      ['tienda_17', 'ARTIGAS', 'TANT'],
      ['tienda_18', 'PARAISO', 'TPAR'],
      ['tienda_20', 'TAZAJAL', 'TTZ'],
    ]);
  });

  it('has the other stores as inactive, the distribution centre included, and no tienda_14', () => {
    expect(tiendas).toHaveLength(20);
    expect(tiendas.filter(({ tipo }) => tipo === 'cedi')).toMatchObject([
      { id: 'cedi_caracas', activa: false },
    ]);
    expect(tiendas.map(({ id }) => id)).not.toContain('tienda_14');
  });
});

describe('another catalogue', () => {
  it('may have several warehouses in a store, and comments', () => {
    const almacenes = [
      { codigo: 'A', nombre: 'PISO DE VENTA' },
      { codigo: 'B', nombre: 'DEPOSITO' },
    ];
    const tiendas = [{ ...UNO, almacenes }, DOS];

    expect(parseCatalogo(JSON.stringify({ $comment: 'nota', tiendas }), 'otra.json')).toEqual(tiendas);
  });

  it('is accepted with blanks around its texts, which are removed', () => {
    expect(
      parse([{ ...UNO, nombre: ' UNO ', almacenes: [{ codigo: ' UNO ', nombre: 'X ' }] }]),
    ).toMatchObject([{ nombre: 'UNO', almacenes: [{ codigo: 'UNO', nombre: 'X' }] }]);
  });

  it('may have codes that differ in case only: they are different', () => {
    expect(parse([UNO, { ...DOS, almacenes: [{ codigo: 'uno', nombre: 'X' }] }])).toHaveLength(2);
  });

  it.each([
    ['a store', [UNO, { ...DOS, id: UNO.id }], 'id de tienda repetido: tienda_uno'],
    ['a branch', [UNO, { ...DOS, sucursalKlk: 'SUC-UNO' }], 'sucursalKlk repetido: SUC-UNO'],
    ['a warehouse', [UNO, { ...DOS, almacenes: UNO.almacenes }], 'código de almacén repetido: UNO'],
    [
      'a warehouse within a store',
      [{ ...UNO, almacenes: [...UNO.almacenes, { codigo: 'UNO ', nombre: 'X' }] }],
      'código de almacén repetido: UNO',
    ],
  ])('is refused when %s comes twice', (_what, tiendas, problema) => {
    expect(problemasOf(JSON.stringify({ tiendas }))).toEqual([`- otra.json: ${problema}`]);
  });

  it.each([
    [{ id: 'Tienda 1' }, 'tiendas.0.id: debe ser minúsculas, dígitos y _, como tienda_01'],
    [{ id: 1 }, 'tiendas.0.id: '],
    [{ nombre: ' ' }, 'tiendas.0.nombre: '],
    [{ tipo: 'kiosco' }, 'tiendas.0.tipo: '],
    [{ activa: 'si' }, 'tiendas.0.activa: '],
    [{ activa: undefined }, 'tiendas.0.activa: '],
    [{ almacenes: [] }, 'tiendas.0.almacenes: '],
    [{ almacenes: ['UNO'] }, 'tiendas.0.almacenes.0: '],
    [{ almacenes: [{ codigo: '', nombre: 'X' }] }, 'tiendas.0.almacenes.0.codigo: '],
    [{ sucursalKlk: null }, 'tiendas.0.sucursalKlk: '],
    [{ almacén: 'UNO' }, 'tiendas.0: Llave desconocida: "almacén"'],
  ])('is refused when a store has %j', (cambios, problema) => {
    expect(problemasOf(JSON.stringify({ tiendas: [{ ...UNO, ...cambios }] }))).toEqual([
      expect.stringContaining(`- otra.json: ${problema}`),
    ]);
  });

  it.each(['{}', '[]', 'null', '{"tiendas":[]}', '{"tiendas":{}}', '{"tiendas":[null]}', '{"Tiendas":[]}'])(
    'is refused in Spanish when its form is wrong: %s',
    (text) => {
      expect(problemasOf(text).join('\n')).toMatch(/^- otra\.json: .*(Entrada inválida|Demasiado pequeño)/);
    },
  );

  it.each(['', '{"tiendas":[', 'tiendas: []'])('is refused when it is not JSON: %j', (text) => {
    expect(problemasOf(text)).toEqual([expect.stringContaining('- otra.json: no es JSON')]);
  });

  it('is refused with all problems at once', () => {
    const tiendas = [
      { ...UNO, nombre: '' },
      { ...DOS, activa: 1 },
    ];

    expect(problemasOf(JSON.stringify({ tiendas }))).toHaveLength(2);
  });
});
