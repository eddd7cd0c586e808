import { describe, expect, it } from '@jest/globals';
import { checkAnswer } from '../../../lambdas/inventario-klk/extract/fetch-inventario.ts';
import type { Answer } from '../../../lambdas/inventario-klk/extract/fetch-inventario.ts';
import { articulo } from '../../fixtures/klk/articulo.ts';
import respuesta from '../../fixtures/klk/respuesta-documentada.json' with { type: 'json' };

const check = (json: unknown): Answer => checkAnswer(json, 'APP-TPF', false);

const withMeta = (cambios: Record<string, unknown>): unknown => ({
  meta: { ...respuesta.meta, ...cambios },
  articulos: respuesta.articulos,
});

const refusal = (codigo: string, mensaje: RegExp | string = ''): unknown =>
  expect.objectContaining({
    codigo,
    message: mensaje instanceof RegExp ? expect.stringMatching(mensaje) : expect.stringContaining(mensaje),
  });

describe('the documented answer', () => {
  it('is accepted as received, with the time that KLK gives it', () => {
    expect(check(respuesta)).toEqual({
      articulos: respuesta.articulos,
      fechaGeneracion: '2025-11-18T12:27:18.624Z',
      identidadConfirmada: true,
    });
  });

  it.each([undefined, null, 5, {}])('may have %p for fecha_generacion', (fecha_generacion) => {
    expect(check(withMeta({ fecha_generacion }))).toMatchObject({ fechaGeneracion: undefined });
  });

  it('may have unknown keys, and rows of any form', () => {
    const json = { meta: { ...respuesta.meta, version: 2, total_articulos: 2 }, articulos: [null, 5], ok: 1 };

    expect(check(json).articulos).toEqual([null, 5]);
  });
});

describe('the warehouse that an answer names', () => {
  it.each(['["APP-TPF"]', ' [ "APP-TPF" ] ', '[" APP-TPF "]', '"APP-TPF"', ['APP-TPF']])(
    'is the one asked for: %j',
    (almacences_filtrados) => {
      expect(check(withMeta({ almacences_filtrados })).identidadConfirmada).toBe(true);
    },
  );

  it.each(['NombreAlmacen', 'total_almacenes', 'cantidad_almacenes'])(
    'is not read from the key %j',
    (key) => {
      expect(check(withMeta({ [key]: 'PISO DE VENTA' })).identidadConfirmada).toBe(true);
    },
  );

  it('may be given under the correct spelling of the key', () => {
    const correct = { almacences_filtrados: undefined, almacenes_filtrados: ['APP-TPF'] };

    expect(check(withMeta(correct)).identidadConfirmada).toBe(true);
  });

  it.each(['APP-TPF', ' APP-TPF\n', '[APP-TPF]', "['APP-TPF']", '["APP-TPF"', "'APP-TPF', 'APP-TPF'"])(
    'is accepted as text that is not JSON and holds the right code only: %j',
    (almacences_filtrados) => {
      expect(check(withMeta({ almacences_filtrados })).identidadConfirmada).toBe(true);
    },
  );

  it.each([
    'TPAR',
    "['TPAR']",
    '[TPAR',
    'app-tpf',
    'APP-TPF TPAR',
    'APP-TPF,TPAR',
    "['APP-TPF','']",
    'N/A',
    '[',
    "''",
  ])('is refused as text that is not JSON and holds anything else: %j', (almacences_filtrados) => {
    expect(() => check(withMeta({ almacences_filtrados }))).toThrow(
      refusal('KLK_OTRO_ALMACEN', 'Se pidió APP-TPF'),
    );
  });

  it.each([
    'almacen',
    'almacen_codigo',
    'id_almacen',
    'Almacen',
    'CodigoAlmacen',
    'codigo_almacen',
    'Almacenes_Filtrados',
    'almacenesFiltrados',
  ])('is refused when the key %j holds another code', (key) => {
    expect(() => check(withMeta({ almacences_filtrados: undefined, [key]: 'TPAR' }))).toThrow(
      refusal('KLK_OTRO_ALMACEN'),
    );
    expect(check(withMeta({ [key]: 'APP-TPF' })).identidadConfirmada).toBe(true);
  });

  it.each([undefined, null, '', '  '])(
    'counts as not given when absent or blank: %j',
    (almacences_filtrados) => {
      expect(check(withMeta({ almacences_filtrados })).identidadConfirmada).toBe(false);
    },
  );

  it.each([
    '["TPAR"]',
    '["APP-TPF","TPAR"]',
    '["app-tpf"]',
    '[]',
    '{}',
    '{"APP-TPF":1}',
    '[["APP-TPF"]]',
    '5',
    '"TPAR"',
    ['TPAR'],
    [],
    {},
    5,
    true,
    [5],
    [null],
  ])('is refused when it decodes to anything else: %j', (almacences_filtrados) => {
    expect(() => check(withMeta({ almacences_filtrados }))).toThrow(
      refusal('KLK_OTRO_ALMACEN', 'Se pidió APP-TPF'),
    );
  });

  it('is refused when its list is too deep or too long', () => {
    for (const almacences_filtrados of [
      `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
      `${' '.repeat(1_000_000)}TPAR`,
      `[${'"APP-TPF",'.repeat(100_000)}"TPAR"]`,
    ]) {
      expect(() => check(withMeta({ almacences_filtrados }))).toThrow(refusal('KLK_OTRO_ALMACEN'));
    }
  });

  it('is refused when either spelling of the key holds another code', () => {
    expect(() => check(withMeta({ almacenes_filtrados: '["TPAR"]' }))).toThrow(refusal('KLK_OTRO_ALMACEN'));
  });

  it('is quoted in the error on one short line without control characters', () => {
    const almacences_filtrados = [`TPAR\u001b\n${'x'.repeat(500)}`];

    expect(() => check(withMeta({ almacences_filtrados }))).toThrow(
      refusal('KLK_OTRO_ALMACEN', /TPAR[^\p{Cc}]{100,240}$/u),
    );
  });
});

describe('the number of articles that an answer announces', () => {
  it.each([3, '3', '003'])('is accepted when it equals the number of rows: %j', (total_articulos) => {
    expect(check(withMeta({ total_articulos })).articulos).toHaveLength(3);
  });

  it.each([4, 2, 0, -3, '4', 3e15, '999999999'])(
    'refuses the answer as incomplete when it differs: %j',
    (total_articulos) => {
      expect(() => check(withMeta({ total_articulos }))).toThrow(
        refusal('KLK_INCOMPLETA', /^KLK anuncia .+ artículos y entrega 3$/),
      );
    },
  );

  it.each([undefined, null, 'N/A', '', '3.0', '3 ', 3.5, [3], true, '9'.repeat(400)])(
    'refuses the answer as KLK_CONTRATO when it is missing or not a number: %j',
    (total_articulos) => {
      expect(() => check(withMeta({ total_articulos }))).toThrow(
        refusal('KLK_CONTRATO', '(meta.total_articulos)'),
      );
    },
  );
});

describe('an answer that is no inventory', () => {
  it.each([
    ['No hay conexión', 'KLK contestó un error: No hay conexión'],
    [{ codigo: 7 }, 'KLK contestó un error: {"codigo":7}'],
    ['', 'KLK contestó un error: (vacío)'],
    [false, 'KLK contestó un error: false'],
    ['\u001b[31m\n'.repeat(500), '[31m'],
  ])('is refused as an error of KLK: %j', (error, mensaje) => {
    expect(() => check({ error })).toThrow(refusal('KLK_ERROR', mensaje));
    expect(() => check({ ...respuesta, error })).toThrow(refusal('KLK_ERROR', mensaje));
  });

  it('is refused as an error of KLK, however deeply nested', () => {
    const error: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    expect(() => check({ error })).toThrow(refusal('KLK_ERROR', 'KLK contestó un error: [[['));
  });

  it('is not an error when KLK reports that there is none', () => {
    expect(check({ ...respuesta, error: null }).articulos).toHaveLength(3);
  });

  it.each([
    [null, 'raíz'],
    ['texto', 'raíz'],
    [5, 'raíz'],
    [{}, 'meta, articulos'],
    [{ meta: respuesta.meta }, 'articulos'],
    [{ meta: respuesta.meta, articulos: {} }, 'articulos'],
    [{ meta: [], articulos: [] }, 'meta'],
    [{ resultado: { filas: [] } }, 'meta, articulos'],
    [{ meta: respuesta.meta, Articulos: respuesta.articulos }, 'articulos'],
  ])('is refused as KLK_CONTRATO, with the place: %j', (json, where) => {
    expect(() => check(json)).toThrow(refusal('KLK_CONTRATO', `no tiene la forma documentada (${where})`));
  });

  it('is refused when empty, because empty never means that the store has no stock', () => {
    expect(() => check({ meta: { ...respuesta.meta, total_articulos: 0 }, articulos: [] })).toThrow(
      refusal('KLK_VACIA', 'APP-TPF'),
    );
  });
});

describe('the bare list of an older server', () => {
  it('is refused as KLK_CONTRATO unless KLK_ACEPTAR_SIN_META accepts it', () => {
    expect(() => check([articulo()])).toThrow(refusal('KLK_CONTRATO', 'KLK_ACEPTAR_SIN_META=si'));
    expect(checkAnswer([articulo()], 'APP-TPF', true)).toEqual({
      articulos: [articulo()],
      fechaGeneracion: undefined,
      identidadConfirmada: false,
    });
  });

  it('is refused when empty in any case', () => {
    expect(() => checkAnswer([], 'APP-TPF', true)).toThrow(refusal('KLK_VACIA'));
  });

  it('does not make an answer with a wrong meta acceptable', () => {
    expect(() => checkAnswer(withMeta({ total_articulos: 4 }), 'APP-TPF', true)).toThrow(
      refusal('KLK_INCOMPLETA'),
    );
  });
});
