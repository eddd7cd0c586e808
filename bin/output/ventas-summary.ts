import type { Resumen, ResumenTienda } from '../../lambdas/ventas-klk/summary.ts';
import { countOf, toDuration, toUsd } from './amounts.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { paintEstado, wrap } from './terminal.ts';

const readOf = ({ tramos }: ResumenTienda): number => tramos.cargados + tramos.iguales;

/** A store of which nothing was read shows no zeros. */
const ifRead = (tienda: ResumenTienda, value: number | string): number | string | undefined =>
  readOf(tienda) > 0 ? value : undefined;

const TIENDA: Column<ResumenTienda> = {
  title: 'Tienda',
  cell: ({ id, nombre }) => `${id} ${nombre}`,
  wraps: true,
};
const ESTADO: Column<ResumenTienda> = { title: 'Estado', cell: ({ estado }) => paintEstado(estado) };
const TRAMOS: Column<ResumenTienda> = { title: 'Tramos', cell: readOf };
const IGUALES: Column<ResumenTienda> = {
  title: 'Iguales',
  cell: (tienda) => ifRead(tienda, tienda.tramos.iguales),
};
const LINEAS: Column<ResumenTienda> = { title: 'Líneas', cell: (tienda) => ifRead(tienda, tienda.extraidos) };
const NUEVAS: Column<ResumenTienda> = { title: 'Nuevas', cell: (tienda) => ifRead(tienda, tienda.nuevas) };
const VENTA: Column<ResumenTienda> = {
  title: 'Venta USD',
  cell: (tienda) => ifRead(tienda, toUsd(tienda.ventaUsd)),
  right: true,
};

/** Changed, removed, rejected and repeated lines, and slices that were not read; empty for none. */
function describeRest({ cambiadas, retiradas, rechazados, duplicados, tramos }: ResumenTienda): string {
  return [
    cambiadas > 0 ? countOf(cambiadas, 'cambiada', 'cambiadas') : '',
    retiradas > 0 ? countOf(retiradas, 'retirada', 'retiradas') : '',
    rechazados > 0 ? countOf(rechazados, 'rechazo', 'rechazos') : '',
    duplicados > 0 ? countOf(duplicados, 'repetida', 'repetidas') : '',
    tramos.fallidos > 0 ? countOf(tramos.fallidos, 'tramo fallido', 'tramos fallidos') : '',
    tramos.pendientes > 0 ? countOf(tramos.pendientes, 'tramo pendiente', 'tramos pendientes') : '',
  ]
    .filter((text) => text !== '')
    .join(', ');
}

/** A dry run does not compare with the database. */
const SIN_EVALUAR =
  'Sin evaluar en una simulación: líneas nuevas, cambiadas o retiradas, y ventas que desaparecen, porque se comparan con la base';

/** The summary of a run of sales as a table. The reasons why a store was not loaded are in the error that the run throws. */
export function renderVentasSummary(resumen: Resumen): string {
  const { dryRun, tiendas, totales, estado, duracionMs } = resumen;
  const columns = dryRun
    ? [TIENDA, ESTADO, TRAMOS, LINEAS, VENTA]
    : [TIENDA, ESTADO, TRAMOS, IGUALES, LINEAS, NUEVAS, VENTA];
  const done = tiendas.length - totales.fallidas - totales.omitidas;
  const counts = [
    countOf(tiendas.length, 'tienda', 'tiendas'),
    dryRun ? countOf(done, 'simulada', 'simuladas') : countOf(done, 'cargada', 'cargadas'),
    countOf(totales.fallidas, 'fallida', 'fallidas'),
    countOf(totales.omitidas, 'omitida', 'omitidas'),
  ].join(', ');
  const pendientes = totales.tramos.pendientes;
  return [
    tiendas.length > 0 ? renderTable(columns, tiendas, (tienda) => [describeRest(tienda)]) : '',
    dryRun ? `${wrap(SIN_EVALUAR)}\n` : '',
    `Ventas: ejecución ${paintEstado(estado)} en ${toDuration(duracionMs)}${tiendas.length === 0 ? '' : `: ${counts}`}\n`,
    pendientes > 0
      ? `${countOf(pendientes, 'tramo queda', 'tramos quedan')} para la próxima ejecución\n`
      : '',
  ].join('');
}
