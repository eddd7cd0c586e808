import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { renderVentasSummary } from '../../../bin/output/ventas-summary.ts';
import { PipelineError } from '../../../lambdas/core/errors/errors.ts';
import type { Outcome } from '../../../lambdas/core/run/summary.ts';
import { NO_LINES, startResumen } from '../../../lambdas/ventas-klk/summary.ts';
import type { ResumenTienda } from '../../../lambdas/ventas-klk/summary.ts';

const tienda = (cambios: Partial<ResumenTienda>): ResumenTienda => ({
  id: 'tienda_01',
  nombre: 'PERIFERICO',
  estado: 'cargada',
  dias: 8,
  tramos: { cargados: 20, iguales: 42, fallidos: 0, pendientes: 0 },
  ventaUsd: '1234.5',
  ms: { extraccion: 1, transformacion: 1, carga: 1 },
  errores: [],
  ...NO_LINES,
  extraidos: 2120,
  nuevas: 2112,
  ...cambios,
});

const render = (outcome: Outcome<readonly ResumenTienda[]>, dryRun = false): string[] =>
  stripVTControlCharacters(
    renderVentasSummary({ ...startResumen('e-1', { origen: 'cli', dryRun })(outcome), duracionMs: 2140 }),
  ).split('\n');

const cells = (line = ''): string[] => line.split(/ {2,}/);

describe('The table of a run of sales', () => {
  it('It has a row for each store, and notes below it for rare counts', () => {
    const lines = render([
      tienda({
        cambiadas: 1,
        retiradas: 2,
        rechazados: 3,
        duplicados: 4,
        tramos: { cargados: 20, iguales: 42, fallidos: 1, pendientes: 7 },
      }),
    ]);
    expect(cells(lines[0])).toEqual([
      'Tienda',
      'Estado',
      'Tramos',
      'Iguales',
      'Líneas',
      'Nuevas',
      'Venta USD',
    ]);
    expect(cells(lines[2])).toEqual([
      'tienda_01 PERIFERICO',
      'cargada',
      '62',
      '42',
      '2120',
      '2112',
      '1234,50',
    ]);
    expect(`${lines[3] ?? ''} ${lines[4]?.trim() ?? ''}`).toBe(
      '  1 cambiada, 2 retiradas, 3 rechazos, 4 repetidas, 1 tramo fallido, 7 tramos pendientes',
    );
    expect(lines.slice(-3)).toEqual([
      'Ventas: ejecución exitosa en 2,1 s: 1 tienda, 1 cargada, 0 fallidas, 0 omitidas',
      '7 tramos quedan para la próxima ejecución',
      '',
    ]);
  });

  it('A store of which nothing was read shows no zeros', () => {
    const tramos = { cargados: 0, iguales: 0, fallidos: 3, pendientes: 0 };
    const lines = render([tienda({ ...NO_LINES, estado: 'fallida', tramos, ventaUsd: '0' })]);
    expect(cells(lines[2])).toEqual(['tienda_01 PERIFERICO', 'fallida', '0', '-', '-', '-', '-']);
  });

  it('A dry run has no columns for what a load does', () => {
    const lines = render([tienda({ estado: 'simulada' })], true);
    expect(cells(lines[0])).toEqual(['Tienda', 'Estado', 'Tramos', 'Líneas', 'Venta USD']);
    expect(lines.at(-2)).toBe(
      'Ventas: ejecución simulada en 2,1 s: 1 tienda, 1 simulada, 0 fallidas, 0 omitidas',
    );
  });

  it('It is one line when the run failed before any store', () => {
    expect(render(new PipelineError('BD_INACCESIBLE', 'No se pudo conectar'))).toEqual([
      'Ventas: ejecución fallida en 2,1 s',
      '',
    ]);
  });

  it('It is at most 80 columns wide, however long the names of the stores are', () => {
    const nombre = 'GRAN HIPERMERCADO DE LA AVENIDA BOLIVAR';
    const lines = render([tienda({ nombre, ventaUsd: '1234567.89', extraidos: 120_000 })]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
