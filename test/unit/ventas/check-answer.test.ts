import { describe, expect, it } from '@jest/globals';
import { checkAnswer } from '../../../lambdas/ventas-klk/extract/fetch-ventas.ts';
import type { Answer } from '../../../lambdas/ventas-klk/extract/fetch-ventas.ts';

const PREGUNTA = {
  sucursal: 'SUC001',
  fecha_desde: '2025-11-17',
  fecha_hasta: '2025-11-17',
  hora_desde: '12:00:00',
  hora_hasta: '23:59:59',
};
const META = {
  sucursal_codigo: 'SUC001',
  fecha_desde: '2025-11-17',
  fecha_hasta: '2025-11-17',
  hora_desde: '12:00',
  hora_hasta: '23:59',
  CodArticulo: '',
  almacen: '',
  total_registros: 2,
  fecha_generacion: '2025-11-18T12:27:18.624Z',
};

const check = (cambios: Record<string, unknown> = {}, ventas: unknown = [{}, null]): Answer =>
  checkAnswer({ meta: { ...META, ...cambios }, ventas }, PREGUNTA);

const refusal = (codigo: string, mensaje = ''): unknown =>
  expect.objectContaining({ codigo, message: expect.stringContaining(mensaje) });

describe('the documented answer', () => {
  it('is taken as received', () => {
    expect(check()).toEqual({ lineas: [{}, null] });
  });

  it('may say hours with their seconds, the total as text, and more than anybody knows', () => {
    const cambios = { hora_desde: '12:00:00', hora_hasta: ' 23:59:59.0 ', total_registros: '2', version: 3 };

    expect(check(cambios).lineas).toHaveLength(2);
  });

  it.each([undefined, null, ' '])('may say %j of what nothing was asked of', (blank) => {
    expect(check({ CodArticulo: blank, almacen: blank }).lineas).toHaveLength(2);
  });

  it.each([undefined, null, 5, {}])('may have %p for fecha_generacion', (fecha_generacion) => {
    expect(check({ fecha_generacion }).lineas).toHaveLength(2);
  });

  it('may be empty, when it says so', () => {
    expect(check({ total_registros: 0 }, []).lineas).toEqual([]);
  });
});

describe('an answer', () => {
  it('that is an error is refused as one', () => {
    expect(() => checkAnswer({ error: 'Sucursal SUC999 no existe' }, PREGUNTA)).toThrow(
      refusal('KLK_ERROR', 'Sucursal SUC999 no existe'),
    );
    expect(() => checkAnswer({ error: 'x', meta: META, ventas: [] }, PREGUNTA)).toThrow(refusal('KLK_ERROR'));
  });

  it.each([
    null,
    [],
    'x',
    {},
    { meta: META },
    { ventas: [] },
    { meta: [], ventas: [] },
    { meta: META, ventas: {} },
  ])('of another form is refused: %j', (json) => {
    expect(() => checkAnswer(json, PREGUNTA)).toThrow(
      refusal('KLK_CONTRATO', 'no tiene la forma documentada'),
    );
  });

  it.each([undefined, null, 'N/A', '', -1.5, '2.0', true])(
    'without a total is refused: %j',
    (total_registros) => {
      expect(() => check({ total_registros })).toThrow(refusal('KLK_CONTRATO', 'meta.total_registros'));
    },
  );

  it.each([1, 3, 0, '1'])('of another length than it says is refused: %j', (total_registros) => {
    expect(() => check({ total_registros })).toThrow(refusal('KLK_INCOMPLETA', 'y entrega 2'));
  });

  it('that is empty is not believed when it says otherwise', () => {
    expect(() => check({ total_registros: 2 }, [])).toThrow(
      refusal('KLK_INCOMPLETA', 'anuncia 2 líneas y entrega 0'),
    );
  });

  it.each(['SUC002', 'suc001', 'SUC001,SUC002', 5, ['SUC001']])(
    'of another branch is refused: %j',
    (sucursal_codigo) => {
      expect(() => check({ sucursal_codigo })).toThrow(
        refusal('KLK_OTRA_SUCURSAL', 'Se pidió la sucursal SUC001'),
      );
    },
  );

  it.each([
    { fecha_desde: '2025-11-16' },
    { fecha_hasta: '2025-11-18' },
    { fecha_hasta: '17/11/2025' },
    { hora_desde: '00:00' },
    { hora_hasta: '24:00' },
    { hora_hasta: '23' },
    { hora_desde: '12:00h' },
    { hora_desde: 12 },
    { CodArticulo: '001853' },
    { CodArticulo: 0 },
    { almacen: 'APP-TPF' },
    { almacen: ['APP-TPF'] },
  ])('to another question is refused: %j', (cambios) => {
    expect(() => check(cambios)).toThrow(refusal('KLK_OTRO_TRAMO', Object.keys(cambios)[0]));
  });

  it.each(['sucursal_codigo', 'fecha_desde', 'fecha_hasta', 'hora_desde', 'hora_hasta'])(
    'that does not say what it answers is refused: %s',
    (key) => {
      for (const blank of [undefined, null, '', ' ']) {
        expect(() => check({ [key]: blank })).toThrow(refusal('KLK_OTRO_TRAMO', `${key} `));
      }
    },
  );

  it('of another branch is refused for that, even if it is incomplete too', () => {
    expect(() => check({ sucursal_codigo: 'SUC002', total_registros: 9 })).toThrow(
      refusal('KLK_OTRA_SUCURSAL'),
    );
  });
});
