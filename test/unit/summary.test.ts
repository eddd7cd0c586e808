import { describe, expect, it } from '@jest/globals';
import { PipelineError } from '../../lambdas/core/errors/errors.ts';
import { startResumen } from '../../lambdas/inventario-klk/summary.ts';
import { estadoTienda, LockHeldElsewhere } from '../../lambdas/core/run/summary.ts';
import type { Resumen, ResumenTienda } from '../../lambdas/inventario-klk/summary.ts';
import type { Outcome } from '../../lambdas/core/run/summary.ts';
import { resumenAlmacen, resumenTienda } from './resumenes.ts';

const summarize = (outcome: Outcome<readonly ResumenTienda[]>, dryRun = false): Resumen =>
  startResumen('e-1', { origen: 'cli', dryRun })(outcome);

describe('a store', () => {
  it.each([
    [['cargado'], 'cargada'],
    [['cargado', 'cargado'], 'cargada'],
    [['simulado', 'simulado'], 'simulada'],
    [['cargado', 'omitido'], 'omitida'],
    [['omitido', 'omitido'], 'omitida'],
    [['simulado', 'omitido'], 'omitida'],
    [['cargado', 'fallido'], 'fallida'],
    [['omitido', 'fallido'], 'fallida'],
    [['fallido'], 'fallida'],
  ] as const)('with warehouses %j is %s', (almacenes, expected) => {
    expect(estadoTienda(almacenes.map((estado) => resumenAlmacen(estado)))).toBe(expected);
  });
});

describe('a run', () => {
  it.each([
    [['cargado', 'cargado'], false, 'exitosa'],
    [['cargado', 'fallido'], false, 'parcial'],
    [['cargado', 'omitido'], false, 'parcial'],
    [['fallido', 'fallido'], false, 'fallida'],
    [['omitido', 'omitido'], false, 'fallida'],
    [['simulado', 'simulado'], true, 'simulada'],
    [['simulado', 'fallido'], true, 'parcial'],
    [['fallido', 'omitido'], true, 'fallida'],
  ] as const)('with stores %j (dry run: %p) is %s', (estados, dryRun, expected) => {
    const tiendas = estados.map((estado) => resumenTienda('t', resumenAlmacen(estado)));

    expect(summarize(tiendas, dryRun)).toMatchObject({ estado: expected, dryRun });
  });

  it('is parcial when one store loaded only some of its warehouses and another loaded all', () => {
    const tiendas = [
      resumenTienda('a', resumenAlmacen('cargado'), resumenAlmacen('fallido')),
      resumenTienda('b', resumenAlmacen('cargado')),
    ];

    expect(summarize(tiendas).estado).toBe('parcial');
    expect(summarize(tiendas.slice(0, 1)).estado).toBe('fallida');
  });

  it('that failed before any store has the error and no stores', () => {
    const resumen = summarize(new PipelineError('BD_INACCESIBLE', 'No se pudo conectar'));

    expect(resumen).toMatchObject({
      estado: 'fallida',
      tiendas: [],
      error: { codigo: 'BD_INACCESIBLE', mensaje: 'No se pudo conectar' },
    });
    expect(resumen).not.toHaveProperty('motivo');
  });

  it('that found the lock held has the reason, and no error', () => {
    const resumen = summarize(new LockHeldElsewhere('La ejecución e-0 está en curso'));

    expect(resumen).toMatchObject({
      estado: 'omitida',
      tiendas: [],
      motivo: 'La ejecución e-0 está en curso',
    });
    expect(resumen).not.toHaveProperty('error');
  });

  it('has the sums of its warehouses, and the number of stores by state', () => {
    const counts = { extraidos: 10, validos: 7, rechazados: 2, duplicados: 1, inventario: 9, historico: 8 };
    const tiendas = [
      resumenTienda('a', resumenAlmacen('cargado', counts), resumenAlmacen('cargado', counts)),
      resumenTienda('b', resumenAlmacen('fallido', { extraidos: 5, rechazados: 5 })),
      resumenTienda('c', resumenAlmacen('omitido')),
    ];

    expect(summarize(tiendas).totales).toEqual({
      tiendas: 3,
      cargadas: 1,
      fallidas: 1,
      omitidas: 1,
      extraidos: 25,
      rechazados: 9,
      inventario: 18,
      historico: 16,
    });
  });

  it('has its begin and end in UTC, and its duration', async () => {
    const finish = startResumen('e-1', { origen: 'manual', dryRun: false });
    await new Promise((resolve) => setTimeout(resolve, 15));
    const resumen = finish([]);

    expect(resumen).toMatchObject({ ejecucionId: 'e-1', origen: 'manual' });
    expect(resumen.inicio).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(resumen.duracionMs).toBeGreaterThanOrEqual(14);
    expect(Date.parse(resumen.fin) - Date.parse(resumen.inicio)).toBe(resumen.duracionMs);
  });
});
