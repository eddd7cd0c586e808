import type { Resumen, ResumenAlmacen, ResumenTienda } from '../../lambdas/inventario-klk/summary.ts';
import { paint, paintEstado } from './paint.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

interface Row {
  readonly tienda: ResumenTienda;
  readonly almacen: ResumenAlmacen;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'Tienda', cell: ({ tienda }) => `${tienda.id} ${tienda.nombre}` },
  { title: 'Almacén', cell: ({ almacen }) => almacen.codigo },
  { title: 'Estado', cell: ({ almacen }) => paintEstado(almacen.estado) },
  { title: 'Extraídos', cell: ({ almacen }) => almacen.extraidos },
  { title: 'Válidos', cell: ({ almacen }) => almacen.validos },
  { title: 'Rechaz.', cell: ({ almacen }) => almacen.rechazados },
  { title: 'Duplic.', cell: ({ almacen }) => almacen.duplicados },
  { title: 'Inventario', cell: ({ almacen }) => almacen.inventario },
  { title: 'Conserv.', cell: ({ almacen }) => almacen.conservados },
  { title: 'Retir.', cell: ({ almacen }) => almacen.retirados },
  { title: 'Histórico', cell: ({ almacen }) => almacen.historico },
  { title: 'ms', cell: ({ almacen: { ms } }) => ms.extraccion + ms.transformacion + ms.carga },
];

/** A dry run opens no database, so it has nothing to compare with. */
const SIN_EVALUAR =
  'Sin evaluar en una simulación: existencias que pasan a cero y artículos que faltan, porque se comparan con la base';

/** A run's summary as a table for a person, errors below it. */
export function renderSummary(resumen: Resumen): string {
  const { estado, duracionMs, totales, error, motivo, tiendas } = resumen;
  const rows = tiendas.flatMap((tienda) => tienda.almacenes.map((almacen) => ({ tienda, almacen })));
  const problems = rows.flatMap(({ almacen: { codigo, error } }) =>
    error === undefined ? [] : [`${paint('red', '✗')} ${codigo} ${error.codigo}: ${error.mensaje}\n`],
  );
  const { cargadas, fallidas, omitidas } = totales;
  return [
    rows.length > 0 ? renderTable(COLUMNS, rows) : '',
    ...problems,
    resumen.dryRun ? `${SIN_EVALUAR}\n` : '',
    motivo === undefined ? '' : `${paint('yellow', '!')} ${motivo}\n`,
    error === undefined ? '' : `${paint('red', '✗')} ${error.codigo}: ${error.mensaje}\n`,
    `Ejecución ${paintEstado(estado)} en ${duracionMs} ms: ${totales.tiendas} tiendas, ${cargadas} cargadas, ${fallidas} fallidas, ${omitidas} omitidas\n`,
  ].join('');
}
