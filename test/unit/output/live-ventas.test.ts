import { describe, expect, it } from '@jest/globals';
import { createVentasView } from '../../../bin/output/live-ventas.ts';
import { MENSAJES_EJECUCION } from '../../../lambdas/core/run/log.ts';
import { MENSAJES_TRAMO } from '../../../lambdas/ventas-klk/log.ts';
import { BOSQUE, PERIFERICO } from '../../support/snapshots.ts';

const TRAMO = { level: 'INFO', tienda: PERIFERICO.id, dia: '2026-11-23', desde: '12:00' };

describe('The live list of a run of sales', () => {
  it('It shows for each store the slice that was asked for last, and the sums of its slices', () => {
    const view = createVentasView();
    const items = view.createItems([PERIFERICO, BOSQUE]);
    view.move({ ...TRAMO, message: MENSAJES_TRAMO.preguntando }, items);
    view.move({ ...TRAMO, message: MENSAJES_TRAMO.cargado, nuevas: 50 }, items);
    view.move({ ...TRAMO, level: 'ERROR', message: MENSAJES_TRAMO.fallido, codigo: 'KLK_CORTADA' }, items);
    expect([...items.values()].map(({ fase, counts }) => [fase, counts])).toEqual([
      ['11-23 12:00', '2 tramos, 50 líneas nuevas, 1 fallido'],
      ['en espera', ''],
    ]);
    expect(view.describeAll([...items.values()])).toBe('2 tramos');
  });

  it('It ignores lines that are not about a slice', () => {
    const view = createVentasView();
    const items = view.createItems([PERIFERICO]);
    expect(view.move({ level: 'INFO', message: MENSAJES_EJECUCION.iniciada }, items)).toBe(false);
    expect(view.move({ ...TRAMO, level: 'WARN', message: MENSAJES_TRAMO.reintento }, items)).toBe(false);
  });

  it('Without a terminal it prints one line for each day of a store, and every warning', () => {
    const tells = createVentasView().createTells();
    const told = [
      { ...TRAMO, message: MENSAJES_TRAMO.preguntando },
      { ...TRAMO, message: MENSAJES_TRAMO.cargado },
      { ...TRAMO, desde: '13:00', message: MENSAJES_TRAMO.igual },
      { ...TRAMO, dia: '2026-11-22', message: MENSAJES_TRAMO.igual },
      { ...TRAMO, level: 'ERROR', message: MENSAJES_TRAMO.fallido },
      { level: 'INFO', message: MENSAJES_EJECUCION.iniciada },
    ].map(tells);
    expect(told).toEqual([false, true, false, true, true, true]);
  });
});
