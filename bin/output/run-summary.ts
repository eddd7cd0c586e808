import { askDatabase } from '../../lambdas/core/run/question.ts';
import type { DatabaseContext } from '../../lambdas/core/run/question.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { readFrescura } from '../../lambdas/inventario-klk/questions/read-frescura.ts';
import type { Resumen, ResumenAlmacen, ResumenTienda } from '../../lambdas/inventario-klk/summary.ts';
import { countOf, describeRareCounts, toDuration } from './amounts.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { paintEstado, wrap } from './terminal.ts';

/** Prints a summary as a table. For warehouses that were not loaded it shows the rows that the database still holds; a dry run reads no database. */
export async function printSummary(resumen: Resumen, context: HeldRowsContext): Promise<void> {
  const complete = resumen.tiendas.every(({ estado }) => estado === 'cargada');
  const held: HeldRows = complete || resumen.dryRun ? new Map() : await readHeldRows(context);
  process.stdout.write(renderSummary(resumen, held));
}

/** What is needed to read those rows. The deadline of the run is over. */
type HeldRowsContext = Omit<DatabaseContext, 'deadline'>;

/** The wait for those rows is short: the table can be printed without them. */
const WITHIN_MS = 5_000;

/** Rows that the database holds, by warehouse. */
type HeldRows = ReadonlyMap<string, number>;

/** The rows of every warehouse; empty when the database does not answer, because the run reports that failure. */
async function readHeldRows(context: HeldRowsContext): Promise<HeldRows> {
  try {
    const frescura = await askDatabase({ ...context, deadline: deadlineIn(WITHIN_MS) }, readFrescura);
    return new Map(frescura.map(({ almacen, articulos }) => [almacen, articulos]));
  } catch {
    return new Map();
  }
}

interface Row {
  readonly tienda: ResumenTienda;
  readonly almacen: ResumenAlmacen;
}

const isDone = ({ estado }: ResumenAlmacen): boolean => estado === 'cargado' || estado === 'simulado';

/** Columns of every run. A warehouse that was not loaded shows no zeros. */
const COLUMNS: readonly Column<Row>[] = [
  { title: 'Tienda', cell: ({ tienda }) => `${tienda.id} ${tienda.nombre}`, wraps: true },
  { title: 'Almacén', cell: ({ almacen }) => almacen.codigo },
  { title: 'Estado', cell: ({ almacen }) => paintEstado(almacen.estado) },
  {
    title: 'Extraídos',
    cell: ({ almacen }) => (isDone(almacen) || almacen.extraidos > 0 ? almacen.extraidos : undefined),
  },
];

/** Columns of a load. A warehouse that was not loaded keeps what it holds. */
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

/** A dry run does not compare with the database. */
const SIN_EVALUAR =
  'Sin evaluar en una simulación: artículos que faltan o que nadie conocía y existencias que se pierden o cambian, porque se comparan con la base';

/** A run's summary as a table. The reason why a store was not loaded is in the error that the run throws. */
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
