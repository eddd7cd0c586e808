import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { renderSummary } from '../../../bin/commands/summary-table.ts';
import { PipelineError } from '../../../lambdas/shared/errors.ts';
import { startResumen } from '../../../lambdas/inventario-klk/summary.ts';
import type { Outcome } from '../../../lambdas/inventario-klk/summary.ts';
import { resumenAlmacen, resumenTienda } from '../resumenes.ts';

const render = (outcome: Outcome): string[] =>
  stripVTControlCharacters(
    renderSummary({ ...startResumen('e-1', { origen: 'cli', dryRun: false })(outcome), duracionMs: 2140 }),
  ).split('\n');

const cells = (line = ''): string[] => line.split('│').map((cell) => cell.trim());

describe('the table of a run', () => {
  const loaded = resumenAlmacen('cargado', {
    codigo: 'APP-TPF',
    extraidos: 3858,
    validos: 3856,
    rechazados: 1,
    duplicados: 1,
    inventario: 3857,
    conservados: 1,
    retirados: 2,
    historico: 3855,
    ms: { extraccion: 310, transformacion: 12, carga: 95 },
  });
  const failed = resumenAlmacen('fallido', {
    codigo: 'APP-TBQ',
    error: { codigo: 'KLK_VACIA', fase: 'extraccion', mensaje: 'lista vacía' },
  });
  const lines = render([resumenTienda('tienda_01', loaded), resumenTienda('tienda_08', failed)]);

  it('has a row for each warehouse, with its counts and its time', () => {
    expect(cells(lines.find((line) => line.includes('APP-TPF')))).toEqual([
      '',
      'tienda_01 TIENDA_01',
      'APP-TPF',
      'cargado',
      ...[3858, 3856, 1, 1, 3857, 1, 2, 3855, 417].map(String),
      '',
    ]);
    expect(cells(lines.find((line) => line.includes('APP-TBQ'))).slice(1, 5)).toEqual([
      'tienda_08 TIENDA_08',
      'APP-TBQ',
      'fallido',
      '0',
    ]);
  });

  it('has the errors and how it all ended below it, and a line feed at the end', () => {
    expect(lines.slice(-3)).toEqual([
      '✗ APP-TBQ KLK_VACIA: lista vacía',
      'Ejecución parcial en 2140 ms: 2 tiendas, 1 cargadas, 1 fallidas, 0 omitidas',
      '',
    ]);
  });

  it('is no table when the run failed before any store, or was left to another', () => {
    expect(render(new PipelineError('BD_INACCESIBLE', 'No se pudo conectar'))).toEqual([
      '✗ BD_INACCESIBLE: No se pudo conectar',
      'Ejecución fallida en 2140 ms: 0 tiendas, 0 cargadas, 0 fallidas, 0 omitidas',
      '',
    ]);
    expect(render({ motivo: 'La ejecución e-0 está en curso' })[0]).toBe('! La ejecución e-0 está en curso');
  });
});
