import type { Question } from './ask-questions.ts';
import { numeroFactura } from './generate-ventas.ts';

const TIENDA = 'tienda_07';

/** Of the articles that sell often. */
const PRODUCTO = '000123';

const HOY = `(now() AT TIME ZONE 'America/Caracas')::date`;

/** An invoice of a month ago, as whoever holds its paper asks. */
const FACTURA = numeroFactura(`(${HOY} - 30)`, '6000');

const ofView = (from: number, to: number): string =>
  `SELECT * FROM ventas_por_articulo
    WHERE ubicacion_id = '${TIENDA}' AND producto_id = '${PRODUCTO}' AND dia >= ${HOY} - ${from} AND dia < ${HOY} - ${to} ORDER BY dia`;

const ofLines = (from: number, to: number): string =>
  `SELECT dia, sum(cantidad_vendida), sum(venta_total) FROM ventas
    WHERE ubicacion_id = '${TIENDA}' AND producto_id = '${PRODUCTO}' AND dia >= ${HOY} - ${from} AND dia < ${HOY} - ${to} GROUP BY dia ORDER BY dia`;

/** What dashboards and buyers ask of the sales; and, for comparison, an article's days from its lines, which docs/datos.md advises against. */
export const VENTAS_QUESTIONS: readonly Question[] = [
  { what: 'one article in one store over 90 days, by day', sql: ofView(90, 0), withinMs: 30 },
  { what: 'the same, a year ago', sql: ofView(420, 330), withinMs: 30 },
  {
    what: "a chain's month by store and day, from the ledger",
    sql: `SELECT ubicacion_id, dia, sum(lineas), sum(facturas), sum(venta_total) FROM ventas_tramos WHERE dia >= ${HOY} - 30 AND dia < ${HOY} GROUP BY 1, 2`,
    withinMs: 10,
  },
  {
    what: 'the same with the state of each day, from the view',
    sql: `SELECT * FROM ventas_por_dia WHERE dia >= ${HOY} - 30 AND dia < ${HOY}`,
    withinMs: 10,
  },
  {
    what: "one store's day by article",
    sql: `SELECT * FROM ventas_por_articulo WHERE ubicacion_id = '${TIENDA}' AND dia = ${HOY} - 3`,
    withinMs: 100,
  },
  {
    what: 'one invoice of a store and day',
    sql: `SELECT * FROM ventas WHERE ubicacion_id = '${TIENDA}' AND dia = ${HOY} - 30 AND numero_factura = ${FACTURA} ORDER BY linea`,
    withinMs: 5,
  },
  {
    what: 'one invoice of a store, whatever its day',
    sql: `SELECT * FROM ventas WHERE ubicacion_id = '${TIENDA}' AND numero_factura = ${FACTURA} ORDER BY linea`,
    withinMs: 5,
  },
  { what: 'one article in one store over 90 days, from its lines', sql: ofLines(90, 0) },
  { what: 'the same, a year ago', sql: ofLines(420, 330) },
];
