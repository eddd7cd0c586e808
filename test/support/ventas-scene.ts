import { isDeepStrictEqual } from 'node:util';
import { afterAll, expect } from '@jest/globals';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { runPipeline } from '../../lambdas/ventas-klk/pipeline.ts';
import type { Resumen } from '../../lambdas/ventas-klk/summary.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator, KlkSimulatorOptions } from '../../local/klk-simulator/server.ts';
import { useDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { clearTables } from './inventory.ts';
import { captureOutput, toLogLines } from './output.ts';
import type { LogLine } from './output.ts';
import { TIENDAS, createVentasRun } from './ventas-run.ts';
import type { VentasOptions, VentasSystems } from './ventas-run.ts';
import { HEADER_CANARY } from './world.ts';

/** The stores' day when a scene begins, and the one before. */
export const HOY = '2026-11-24';
export const AYER = '2026-11-23';

/** The stores' day and time at which a scene begins: a Tuesday afternoon. */
const INICIO = new Date('2026-11-24T20:10:00Z');

/** A KLK that trades, a PostgreSQL, and one clock for both and the pipeline. */
export interface VentasScene {
  readonly database: TestDatabase;
  readonly klk: KlkSimulator;
  /** What time it is for KLK and the pipeline. */
  now(): Date;
  setNow(momento: Date): void;
  /** One run. What it left in the tables agrees with itself. */
  run(options?: VentasOptions): Promise<Resumen>;
  /** A run that is not checked; what it wrote is in `lines`. */
  start(options?: VentasOptions): Promise<Resumen>;
  /** Where its runs find everything. */
  readonly systems: VentasSystems;
  /** Log lines of the last run. */
  lines(): readonly LogLine[];
  /** Empty tables, a healthy KLK, the clock where it began. */
  reset(): Promise<void>;
}

/** A database and a simulated KLK for the tests of one file. */
export async function useVentasScene(options: Partial<KlkSimulatorOptions> = {}): Promise<VentasScene> {
  const database = await useDatabase();
  let base = INICIO.getTime();
  let since = performance.now();
  const now = (): Date => new Date(base + Math.floor(performance.now() - since));
  const setNow = (momento: Date): void => {
    base = momento.getTime();
    since = performance.now();
  };
  const klk = await startKlkSimulator({ tiendas: TIENDAS, articulosPorAlmacen: 60, ahora: now, ...options });
  afterAll(() => klk.close());
  const systems = { klkUrl: klk.baseUrl, headers: { 'x-clave': HEADER_CANARY }, database: database.etl };
  let lines: readonly LogLine[] = [];

  const start = async (asked: VentasOptions = {}): Promise<Resumen> => {
    const run = createVentasRun(systems, now, asked);
    const { outcome, output } = await captureOutput(() => runPipeline(run));
    lines = toLogLines(output);
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  };

  const clear = async (): Promise<void> => {
    for (const { sucursalKlk, almacenes } of TIENDAS) {
      klk.setFault(sucursalKlk, undefined);
      for (const { codigo } of almacenes) klk.setFault(codigo, undefined);
    }
    klk.setFault('*', undefined);
    klk.requests.splice(0);
    await clearTables(database);
    setNow(INICIO);
  };

  return {
    database,
    klk,
    now,
    setNow,
    start,
    systems,
    run: async (asked) => {
      const resumen = await start(asked);
      await expectLedgerTrue(database);
      return resumen;
    },
    lines: () => lines,
    reset: clear,
  };
}

/**
 * The ledger equals the sums of `ventas`, slice by slice; the slices of a day tile it; every line lies in a slice; the sums by article and by
 * hour are those of the lines.
 */
export async function expectLedgerTrue(database: Pick<TestDatabase, 'query'>): Promise<void> {
  expect(await database.query(UNTRUE)).toEqual([]);
  expect(await database.query(UNTILED)).toEqual([]);
  expect(await database.query(UNSUMMED)).toEqual([]);
}

/** A slice whose sums are not those of its lines, and a line without a slice. */
const UNTRUE = `
  WITH hay AS (
    SELECT t.ubicacion_id, t.dia, t.desde, count(*) AS lineas, count(DISTINCT v.numero_factura) AS facturas, sum(v.venta_total) AS venta_total,
           coalesce(sum(v.cantidad_vendida) FILTER (WHERE NOT es_por_peso(v.unidad_medida_venta)), 0) AS unidades,
           coalesce(sum(v.cantidad_vendida) FILTER (WHERE es_por_peso(v.unidad_medida_venta)), 0) AS kilos
      FROM ventas v LEFT JOIN ventas_tramos t
        ON t.ubicacion_id = v.ubicacion_id AND t.dia = v.dia
       AND v.fecha_venta >= (t.dia + t.desde) AT TIME ZONE 'America/Caracas' AND v.fecha_venta < (t.dia + t.hasta) AT TIME ZONE 'America/Caracas'
     GROUP BY 1, 2, 3
  )
  SELECT t.*, hay.* FROM ventas_tramos t FULL JOIN hay USING (ubicacion_id, dia, desde)
   WHERE (coalesce(hay.lineas, 0), coalesce(hay.facturas, 0), coalesce(hay.venta_total, 0), coalesce(hay.unidades, 0), coalesce(hay.kilos, 0))
         IS DISTINCT FROM (t.lineas, t.facturas, t.venta_total, t.unidades, t.kilos)`;

const SUMAS = [
  'lineas',
  'facturas',
  'unidades',
  'kilos',
  'venta_total',
  'venta_con_costo',
  'costo_total',
  'utilidad_bruta',
];

const unsummedIn = (tabla: string, clave: string, expression: string): string => `
  SELECT '${tabla}' AS tabla, ubicacion_id, dia::text AS dia, ${clave}::text AS clave, to_jsonb(hay) AS hay, to_jsonb(t) AS suma
    FROM (SELECT ubicacion_id, dia, ${expression} AS ${clave}, count(*) AS lineas, count(DISTINCT numero_factura) AS facturas,
                 sum(CASE WHEN es_por_peso(unidad_medida_venta) THEN 0 ELSE cantidad_vendida END) AS unidades,
                 sum(CASE WHEN es_por_peso(unidad_medida_venta) THEN cantidad_vendida ELSE 0 END) AS kilos,
                 sum(venta_total) AS venta_total,
                 sum(CASE WHEN costo_total IS NULL THEN 0 ELSE venta_total END) AS venta_con_costo,
                 sum(costo_total) AS costo_total,
                 sum(CASE WHEN costo_total IS NOT NULL THEN utilidad_bruta END) AS utilidad_bruta
            FROM ventas GROUP BY 1, 2, 3) AS hay
    FULL JOIN ${tabla} t USING (ubicacion_id, dia, ${clave})
   WHERE (${SUMAS.map((suma) => `hay.${suma}`).join(', ')}) IS DISTINCT FROM (${SUMAS.map((suma) => `t.${suma}`).join(', ')})`;

/** Sums by article or by hour that differ from the lines, are missing, or have no lines. */
export const UNSUMMED = `
  ${unsummedIn('ventas_diarias', 'producto_id', 'producto_id')}
  UNION ALL
  ${unsummedIn('ventas_horarias', 'hora', `extract(hour FROM fecha_venta AT TIME ZONE 'America/Caracas')::smallint`)}`;

const DE_SEMANAS = ['facturas', 'unidades', 'kilos', 'venta_total', 'venta_con_costo', 'utilidad_bruta'];

/** Articles whose sum in `ventas_semanales` is not that of their days, in weeks whose seven days are all summed. */
export const UNSUMMED_WEEKS = `
  WITH semanas AS (
    SELECT ubicacion_id, date_trunc('week', dia)::date AS lunes FROM ventas_dias GROUP BY 1, 2 HAVING count(*) = 7 AND bool_and(en_semana))
  SELECT ubicacion_id, lunes::text, producto_id, to_jsonb(d) AS dias, to_jsonb(s) AS semana
    FROM (SELECT ubicacion_id, lunes, producto_id, ${DE_SEMANAS.map((suma) => `sum(${suma}) AS ${suma}`).join(', ')}
            FROM semanas JOIN ventas_diarias USING (ubicacion_id) WHERE dia BETWEEN lunes AND lunes + 6 GROUP BY 1, 2, 3) AS d
    FULL JOIN (SELECT s.* FROM ventas_semanales s JOIN semanas USING (ubicacion_id, lunes)) AS s USING (ubicacion_id, lunes, producto_id)
   WHERE (${DE_SEMANAS.map((suma) => `d.${suma}`).join(', ')}) IS DISTINCT FROM (${DE_SEMANAS.map((suma) => `s.${suma}`).join(', ')})`;

const UNTILED = `
  SELECT ubicacion_id, dia FROM (
    SELECT ubicacion_id, dia, desde, hasta, lag(hasta) OVER dias AS antes, lead(desde) OVER dias AS luego FROM ventas_tramos
    WINDOW dias AS (PARTITION BY ubicacion_id, dia ORDER BY desde)) AS t
   WHERE coalesce(antes, '00:00') <> desde OR coalesce(luego, '24:00') <> hasta`;

/** A line: what identifies it, what was sold when and where, and for how much. */
type Vendido = readonly [
  factura: string,
  linea: number,
  hora: string,
  producto: string,
  almacen: string,
  cantidad: number,
  ventaUsd: number,
  facturaBs: number,
];

/** What the tables hold of a store and day. */
export async function readVendido(
  database: Pick<TestDatabase, 'query'>,
  tienda: Tienda,
  dia: string,
): Promise<Vendido[]> {
  const rows = await database.query(
    `SELECT numero_factura AS factura, linea::integer AS linea, to_char(fecha_venta AT TIME ZONE 'America/Caracas', 'HH24:MI:SS.US') AS hora,
            producto_id AS producto, almacen_codigo AS almacen, cantidad_vendida::float8 AS cantidad, venta_total::float8 AS venta,
            total_factura::float8 AS total
       FROM ventas WHERE ubicacion_id = $1::text AND dia = $2::date ORDER BY numero_factura COLLATE "C", linea`,
    [tienda.id, dia],
  );
  return rows.map((row) => [
    String(row['factura']),
    Number(row['linea']),
    String(row['hora']),
    String(row['producto']),
    String(row['almacen']),
    Number(row['cantidad']),
    Number(row['venta']),
    Number(row['total']),
  ]);
}

/** What KLK knows of a store and day. */
export const truthOf = (klk: KlkSimulator, { sucursalKlk }: Tienda, dia: string, momento?: Date): Vendido[] =>
  klk
    .ventas(sucursalKlk, dia, momento)
    .map((venta): Vendido => [
      venta.numero_factura,
      venta.linea,
      // To the microsecond, as PostgreSQL keeps it.
      venta.hora.slice(0, 15),
      venta.producto[0]?.codigo_producto ?? '',
      venta.cantidad[0]?.codigo_almacen ?? '',
      venta.cantidad[0]?.cantidad_vendida ?? NaN,
      venta.financiero[0]?.venta_total_usd ?? NaN,
      venta.total_factura,
    ])
    .toSorted(([a, lineaA], [b, lineaB]) => (a === b ? lineaA - lineaB : a < b ? -1 : 1));

/** The stores and days of which the tables hold something else than what KLK knows now. */
export async function findUntrue(
  { database, klk }: Pick<VentasScene, 'database' | 'klk'>,
  dias: readonly string[],
): Promise<string[]> {
  const untrue: string[] = [];
  for (const tienda of TIENDAS) {
    for (const dia of dias) {
      const held = await readVendido(database, tienda, dia);
      if (!isDeepStrictEqual(held, truthOf(klk, tienda, dia))) untrue.push(`${tienda.id} ${dia}`);
    }
  }
  return untrue;
}
