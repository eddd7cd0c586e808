import { FRESCURA } from '../../lambdas/inventario-klk/questions/read-frescura.ts';
import type { Question } from './ask-questions.ts';

const TIENDA = 'tienda_07';

const product = (producto: string, from: string, to: string): string =>
  `SELECT * FROM historial_producto('${TIENDA}', '${producto}', now() - interval '${from}', now() - interval '${to}')`;

const wholeStore = (ago: string): string =>
  `SELECT * FROM inventario_en(now() - interval '${ago}') WHERE ubicacion_id = '${TIENDA}'`;

/** The view, as a dashboard queries it. */
const dayOf = (daysAgo: number): string =>
  `SELECT count(*), sum(cantidad) FROM inventario_historico
    WHERE ubicacion_id = '${TIENDA}' AND fecha_snapshot >= current_date - ${daysAgo} AND fecha_snapshot < current_date - ${daysAgo - 1}`;
const articleOf = (producto: string, from: number, to: number): string =>
  `SELECT fecha_snapshot, fecha_reemplazo, cantidad, precio_venta FROM inventario_historico
    WHERE ubicacion_id = '${TIENDA}' AND producto_id = '${producto}'
      AND fecha_snapshot >= now() - interval '${from} days' AND fecha_snapshot < now() - interval '${to} days'`;

/** What dashboards and buyers ask of the history. */
export const HISTORY_QUESTIONS: readonly Question[] = [
  {
    what: 'one article in one store over 30 days (function)',
    sql: product('001234', '30 days', '0 days'),
    withinMs: 5,
  },
  { what: 'the same, 20 months ago', sql: product('001234', '630 days', '600 days'), withinMs: 5 },
  { what: 'all of its two years', sql: product('001234', '24 months', '0 days'), withinMs: 100 },
  {
    what: 'the same, of an open period',
    sql: `SELECT * FROM historial_producto('${TIENDA}', '001234', '-infinity', 'infinity')`,
    withinMs: 100,
  },
  { what: 'one that the store never had', sql: product('999999', '30 days', '0 days'), withinMs: 5 },
  { what: 'a whole store an hour ago', sql: wholeStore('1 hour'), withinMs: 50 },
  { what: 'a whole store three weeks ago', sql: wholeStore('21 days'), withinMs: 50 },
  { what: 'a whole store 23 months ago', sql: wholeStore('23 months'), withinMs: 50 },
  {
    what: 'all 20 stores a week ago',
    sql: `SELECT ubicacion_id, count(*), sum(cantidad) FROM inventario_en(now() - interval '7 days') GROUP BY 1`,
    withinMs: 500,
  },
  {
    what: 'all 20 stores 23 months ago',
    sql: `SELECT ubicacion_id, count(*), sum(cantidad) FROM inventario_en(now() - interval '23 months') GROUP BY 1`,
    withinMs: 500,
  },
  { what: 'inventario_historico, one store and day, three days ago', sql: dayOf(3), withinMs: 100 },
  { what: 'the same, 20 months ago', sql: dayOf(600), withinMs: 100 },
  {
    what: 'inventario_historico, one article in one store over 30 days',
    sql: articleOf('001234', 30, 0),
    withinMs: 50,
  },
  { what: 'the same, 20 months ago', sql: articleOf('001234', 630, 600), withinMs: 50 },
  {
    what: 'prices that changed in a day, all stores',
    sql: `SELECT * FROM precios_cambiados(now() - interval '2 days', now() - interval '1 day')`,
    withinMs: 50,
  },
  { what: 'freshness of all stores, after three years of runs', sql: FRESCURA, withinMs: 50 },
];
