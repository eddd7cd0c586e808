import type { Resumen, ResumenAlmacen, ResumenTienda } from '../../lambdas/inventario-klk/summary.ts';
import { countOf } from './count-of.ts';
import { describeRareCounts } from './describe-counts.ts';
import type { HeldRows } from './held-rows.ts';
import { toDuration } from './lapse.ts';
import { paintEstado } from './paint.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { wrap } from './wrap.ts';

interface Row {
  readonly tienda: ResumenTienda;
  readonly almacen: ResumenAlmacen;
}

const isDone = ({ estado }: ResumenAlmacen): boolean => estado === 'cargado' || estado === 'simulado';

/** What any run tells of a warehouse; zeros are shown only of what happened. */
const COLUMNS: readonly Column<Row>[] = [
  { title: 'Tienda', cell: ({ tienda }) => `${tienda.id} ${tienda.nombre}`, wraps: true },
  { title: 'Almacén', cell: ({ almacen }) => almacen.codigo },
  { title: 'Estado', cell: ({ almacen }) => paintEstado(almacen.estado) },
  {
    title: 'Extraídos',
    cell: ({ almacen }) => (isDone(almacen) || almacen.extraidos > 0 ? almacen.extraidos : undefined),
  },
];

/** What a load tells besides: a warehouse that was not loaded keeps what it holds. */
const createLoadColumns = (held: HeldRows): Column<Row>[] => [
  {
    title: 'Inventario',
    cell: ({ almacen }) => (isDone(almacen) ? almacen.inventario : describeHeld(held.get(almacen.codigo))),
    right: true,
  },
  { title: 'Histórico', cell: ({ almacen }) => (isDone(almacen) ? almacen.historico : undefined) },
];

const describeHeld = (rows: number | undefined): string | undefined =>
  rows === undefined || rows === 0 ? undefined : `conserva ${rows}`;

/** A dry run opens no database, so it has nothing to compare with. */
const SIN_EVALUAR =
  'Sin evaluar en una simulación: artículos que faltan o que nadie conocía y existencias que se pierden o cambian, porque se comparan con la base';

/** A run's summary as a table for a person; why something was not loaded is told by the error that such a run throws. */
export function renderSummary(resumen: Resumen, held: HeldRows): string {
  const rows = resumen.tiendas.flatMap((tienda) => tienda.almacenes.map((almacen) => ({ tienda, almacen })));
  const columns = resumen.dryRun ? COLUMNS : [...COLUMNS, ...createLoadColumns(held)];
  return [
    rows.length > 0 ? renderTable(columns, rows, ({ almacen }) => [describeRareCounts(almacen)]) : '',
    resumen.dryRun ? `${wrap(SIN_EVALUAR)}\n` : '',
    `Ejecución ${paintEstado(resumen.estado)} en ${toDuration(resumen.duracionMs)}${describeTotales(resumen)}\n`,
  ].join('');
}

function describeTotales({ dryRun, tiendas, totales: { fallidas, omitidas } }: Resumen): string {
  if (tiendas.length === 0) return '';
  const done = tiendas.length - fallidas - omitidas;
  return `: ${[
    countOf(tiendas.length, 'tienda', 'tiendas'),
    dryRun ? countOf(done, 'simulada', 'simuladas') : countOf(done, 'cargada', 'cargadas'),
    countOf(fallidas, 'fallida', 'fallidas'),
    countOf(omitidas, 'omitida', 'omitidas'),
  ].join(', ')}`;
}
