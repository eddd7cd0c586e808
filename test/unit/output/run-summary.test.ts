import { stripVTControlCharacters } from 'node:util';
import { LockHeldElsewhere } from '../../../lambdas/core/run/summary.ts';
import type { ResumenTienda } from '../../../lambdas/inventario-klk/summary.ts';
import { describe, expect, it } from '@jest/globals';
import { renderSummary } from '../../../bin/output/run-summary.ts';
import { PipelineError } from '../../../lambdas/core/errors/errors.ts';
import { startResumen } from '../../../lambdas/inventario-klk/summary.ts';
import type { Outcome } from '../../../lambdas/core/run/summary.ts';
import { resumenAlmacen, resumenTienda } from '../resumenes.ts';

const render = (
  outcome: Outcome<readonly ResumenTienda[]>,
  held: Record<string, number> = {},
  dryRun = false,
): string[] =>
  stripVTControlCharacters(
    renderSummary(
      { ...startResumen('e-1', { origen: 'cli', dryRun })(outcome), duracionMs: 2140 },
      new Map(Object.entries(held)),
    ),
  ).split('\n');

/** A row's cells; two blanks part them. */
const cells = (line = ''): string[] => line.split(/ {2,}/);

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
  const tiendas = [resumenTienda('tienda_01', loaded), resumenTienda('tienda_08', failed)];

  it('has a row for each warehouse, and notes below it for rare counts', () => {
    const lines = render(tiendas);
    const row = lines.findIndex((line) => line.includes('APP-TPF'));
    expect(cells(lines[row])).toEqual(['tienda_01 TIENDA_01', 'APP-TPF', 'cargado', '3858', '3857', '3855']);
    expect(lines.slice(row + 1, row + 3)).toEqual([
      '  1 rechazo, 1 fila duplicada, 1 artículo conservado, 2 artículos',
      '  retirados',
    ]);
  });

  it('shows for a warehouse that was not loaded the rows that it still has, and no zeros', () => {
    const rowOf = (held: Record<string, number>): string[] =>
      cells(render(tiendas, held).find((line) => line.includes('APP-TBQ')));
    const started = ['tienda_08 TIENDA_08', 'APP-TBQ', 'fallido', '-'];
    expect(rowOf({ 'APP-TBQ': 3867 })).toEqual([...started, 'conserva 3867', '-']);
    expect(rowOf({ 'APP-TBQ': 0 })).toEqual([...started, '-', '-']);
    expect(rowOf({})).toEqual([...started, '-', '-']);
  });

  it('has no columns of a load in a dry run', () => {
    const simulated = resumenAlmacen('simulado', { codigo: 'APP-TPF', extraidos: 3858, validos: 3858 });
    const lines = render([resumenTienda('tienda_01', simulated)], {}, true);
    expect(cells(lines[0])).toEqual(['Tienda', 'Almacén', 'Estado', 'Extraídos']);
    expect(lines.at(-2)).toBe('Ejecución simulada en 2,1 s: 1 tienda, 1 simulada, 0 fallidas, 0 omitidas');
  });

  it('ends with the outcome, without the reasons, which the error of the run gives', () => {
    const lines = render(tiendas);
    expect(lines.slice(-2)).toEqual([
      'Ejecución parcial en 2,1 s: 2 tiendas, 1 cargada, 1 fallida, 0 omitidas',
      '',
    ]);
    expect(lines.join('\n')).not.toContain('KLK_VACIA');
  });

  it('is one line when the run failed before any store, or when another run held the lock', () => {
    expect(render(new PipelineError('BD_INACCESIBLE', 'No se pudo conectar'))).toEqual([
      'Ejecución fallida en 2,1 s',
      '',
    ]);
    expect(render(new LockHeldElsewhere('La ejecución e-0 está en curso'))).toEqual([
      'Ejecución omitida en 2,1 s',
      '',
    ]);
  });

  it('is at most 80 columns wide, however long the names of the stores are', () => {
    const nombre = 'GRAN HIPERMERCADO DE LA AVENIDA BOLIVAR';
    const lines = render([{ ...resumenTienda('tienda_01', loaded), nombre }], { 'APP-TBQ': 3867 });
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain('DE LA AVENIDA BOLIVAR');
  });
});
