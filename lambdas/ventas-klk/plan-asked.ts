import { addDias } from '../core/time/dia.ts';
import type { Periodo } from './event.ts';
import type { PlannedTramo } from './plan.ts';
import { startOf, tileToday } from './tramo.ts';
import type { TramoConocido } from './tramo.ts';

/**
 * All slices that a person asked for and that have begun, whether they are due or not. Those that were not read since an earlier request come
 * first, so that a repeated request continues where the last run stopped; otherwise the order stays.
 */
export const planAsked = (tramos: readonly TramoConocido[], momento: Date): readonly PlannedTramo[] =>
  tramos
    .filter((tramo) => startOf(tramo) <= momento)
    .toSorted((a, b) => Number(a.pedido ?? 0) - Number(b.pedido ?? 0))
    .map((tramo) => ({ tramo, clase: 'pedido' }));

/** The slices of a dry run, which does not read the ledger: these days, today by the hour. */
export function planSimulated(
  tiendas: readonly string[],
  { desde, hasta }: Periodo,
  hoy: string,
  momento: Date,
): readonly PlannedTramo[] {
  const dias: string[] = [];
  for (let dia = hasta; dia >= desde; dia = addDias(dia, -1)) dias.push(dia);
  const tramos = dias.flatMap((dia) =>
    tiendas.flatMap((tienda) =>
      dia === hoy ? tileToday(tienda, dia).toReversed() : [{ tienda, dia, desde: '00:00', hasta: '24:00' }],
    ),
  );
  return planAsked(
    tramos.map((tramo) => ({ ...tramo, ...NEVER_READ })),
    momento,
  );
}

const NEVER_READ = {
  estado: 'pendiente',
  lineas: 0,
  rechazadas: 0,
  leido: null,
  lecturas: 0,
  pedido: null,
  errorCodigo: null,
  errorMomento: null,
} as const;
