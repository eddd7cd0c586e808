import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { ARTICULOS } from '../chain.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';

/** Whole months before this one: 20 stores that sell 12,000 lines a day sell 102 million lines in 14 months. */
const MONTHS = 14;
const LINES_PER_DAY = 12_000;

/** Invoices of a store's day, of five lines each, from 20 cash registers, between 07:00 and 21:00. */
const LINES_PER_INVOICE = 5;
const REGISTERS = 20;

const SESSIONS = 2;

/** The columns that are equal for all stores. */
const COLUMNAS = `fecha_venta, fecha_creacion, ejecucion_id, dia, linea, es_no_fiscal, producto_id, numero_factura, cantidad_vendida, venta_total, costo_total,
  utilidad_bruta, unidad_medida_venta, factor_unidad_medida, total_cantidad_por_unidad_medida, peso_unitario, peso_calculado, precio_unitario,
  costo_unitario, tasa_usd, precio_unitario_bs, venta_total_bs, costo_total_bs, impuesto_porcentaje, impuesto_monto, total_factura,
  almacen_nombre, codigo_barras`;

/** SQL for the invoice of a day's n-th line, which is the same in every store. */
export const numeroFactura = (dia: string, n: string): string =>
  `'C' || lpad((10 + ${n} / ${LINES_PER_INVOICE} % ${REGISTERS})::text, 2, '0') || '-01-'
   || lpad(((${dia} - date '2020-01-01') * ${LINES_PER_DAY / LINES_PER_INVOICE / REGISTERS} + ${n} / ${LINES_PER_INVOICE * REGISTERS})::text, 8, '0')`;

/**
 * Writes the sales of 14 months and of this one until yesterday, and their ledger, closed and read today. Every month is written
 * into a table of its own, store by store and day by day as a backfill does, which becomes a partition. Returns the lines.
 */
export async function generateVentas(
  settings: DatabaseSettings,
  tiendas: readonly Tienda[],
): Promise<number> {
  const client = await connect(settings);
  await client.query(
    `INSERT INTO ubicaciones (id, nombre, codigo_klk, tipo)
     SELECT id, id, sucursal, 'tienda' FROM unnest($1::text[], $2::text[]) AS t (id, sucursal) ON CONFLICT DO NOTHING`,
    [tiendas.map(({ id }) => id), tiendas.map(({ sucursalKlk }) => sucursalKlk)],
  );
  await client.query(
    `INSERT INTO productos (id, codigo, nombre, categoria)
     SELECT codigo, codigo, 'ARTICULO ' || codigo, 'VIVERES' FROM (SELECT lpad(n::text, 6, '0') AS codigo FROM generate_series(1, $1::integer) AS n) AS p
     ON CONFLICT DO NOTHING`,
    [ARTICULOS],
  );
  const { rows: months } = await client.query<Month>(
    `SELECT 'ventas_' || to_char(mes, 'YYYY_MM') AS nombre, to_char(mes, 'YYYY-MM-DD') AS desde, to_char(mes + interval '1 month', 'YYYY-MM-DD') AS hasta
       FROM (SELECT date_trunc('month', now() AT TIME ZONE 'America/Caracas') - make_interval(months => n) AS mes
               FROM generate_series(0, $1::integer) AS n) AS m`,
    [MONTHS],
  );
  let lines = 0;
  const work = async (): Promise<void> => {
    const session = await connect(settings);
    for (let next = months.pop(); next !== undefined; next = months.pop()) {
      const generated = await generateMonth(session, next, tiendas);
      lines += generated;
    }
    await session.end();
  };
  await Promise.all(Array.from({ length: SESSIONS }, work));
  await client.query('VACUUM (ANALYZE)');
  await client.end();
  return lines;
}

interface Month {
  readonly nombre: string;
  readonly desde: string;
  readonly hasta: string;
}

/** One store's month is computed line by line and copied for the other stores, which sell the same: computing all would take four times as long. */
async function generateMonth(
  client: Client,
  { nombre, desde, hasta }: Month,
  tiendas: readonly Tienda[],
): Promise<number> {
  const [first, ...others] = tiendas.map(({ id, almacenes }) => ({
    id,
    almacen: almacenes[0]?.codigo ?? '',
  }));
  if (first === undefined) return 0;
  const copies = [others.map(({ id }) => id), others.map(({ almacen }) => almacen)];
  // Written without log, because the table is created in this transaction.
  await client.query('BEGIN');
  // The partitions that the migrations created are empty.
  await client.query(`DROP TABLE IF EXISTS ${nombre}`);
  await client.query(`CREATE TABLE ${nombre} (LIKE ventas INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
  const computed = await client.query(
    `INSERT INTO ${nombre} (id, ubicacion_id, almacen_codigo, ${COLUMNAS})
     SELECT (dia - date '2020-01-01')::bigint * 1000000 + n, $1::text, $2::text,
            (dia + time '07:00' + (n / ${LINES_PER_INVOICE}) * (interval '14 hours' / ($4::integer / ${LINES_PER_INVOICE}))) AT TIME ZONE 'America/Caracas',
            now(), '00000000-0000-4000-8000-000000000000'::uuid, dia, n % ${LINES_PER_INVOICE} + 1, false, lpad(articulo::text, 6, '0'),
            ${numeroFactura('dia', 'n')},
            cantidad, round(precio * cantidad, 4), round(0.8 * precio * cantidad, 4), round(precio * cantidad - 0.8 * precio * cantidad, 4),
            CASE WHEN kilos THEN 'KG' ELSE 'UNIDAD' END, 1, cantidad, NULL, NULL, precio, round(0.8 * precio, 4), 236.46, round(precio * 236.46, 2),
            round(precio * cantidad * 236.46, 2), round(0.8 * precio * cantidad * 236.46, 2), CASE WHEN articulo % 3 = 0 THEN 0 ELSE 16 END,
            CASE WHEN articulo % 3 = 0 THEN 0 ELSE round(0.16 * precio * cantidad * 236.46, 3) END, 1158.67, 'PISO DE VENTA', '0759' || lpad(articulo::text, 9, '0')
       FROM generate_series($3::date, least($5::date, (now() AT TIME ZONE 'America/Caracas')::date) - 1, interval '1 day') AS d (momento)
      CROSS JOIN LATERAL (SELECT momento::date AS dia) AS e
      CROSS JOIN generate_series(0, $4::integer - 1) AS n
      -- Some articles sell far more than others.
      CROSS JOIN LATERAL (SELECT 1 + floor(${ARTICULOS} * (abs(hashint8(n * 7919 + (dia - date '2020-01-01') * 31)) % 10000 / 10000.0) ^ 2)::integer AS articulo) AS a
      CROSS JOIN LATERAL (SELECT articulo % 10 = 0 AS kilos, round((0.3 + 15 * (articulo % 97 / 97.0) ^ 3)::numeric, 4) AS precio) AS p
      CROSS JOIN LATERAL (SELECT CASE WHEN kilos THEN round((0.1 + n % 97 / 31.0)::numeric, 3) ELSE (1 + n % 3)::numeric END AS cantidad) AS q`,
    [first.id, first.almacen, desde, LINES_PER_DAY, hasta],
  );
  const copied = await client.query(
    `INSERT INTO ${nombre} (id, ubicacion_id, almacen_codigo, ${COLUMNAS})
     SELECT v.id + store * 20000, tienda, almacen, ${COLUMNAS}
       FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (tienda, almacen, store) CROSS JOIN ${nombre} v
      ORDER BY store, v.id`,
    copies,
  );
  await client.query(
    `ALTER TABLE ventas ATTACH PARTITION ${nombre} FOR VALUES FROM ('${desde}') TO ('${hasta}')`,
  );
  await client.query('COMMIT');
  await client.query(
    `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, cerrado, lineas, facturas, venta_total, unidades, kilos, huella, lecturas, leido, ultimo_cambio)
     SELECT tienda, dia, make_time(hora, 0, 0), CASE hora WHEN 21 THEN time '24:00' ELSE make_time(hora + 3, 0, 0) END, 'cerrado', now(), coalesce(lineas, 0),
            coalesce(facturas, 0), coalesce(venta_total, 0), coalesce(unidades, 0), coalesce(kilos, 0), 'generada', 3, now(), now()
       FROM unnest($2::text[]) AS t (tienda)
      CROSS JOIN (SELECT DISTINCT dia FROM ${nombre} WHERE ubicacion_id = $1::text) AS d
      CROSS JOIN generate_series(0, 21, 3) AS hora
       LEFT JOIN (
            SELECT dia, 3 * (extract(hour FROM fecha_venta AT TIME ZONE 'America/Caracas')::integer / 3) AS hora, count(*) AS lineas,
                   count(DISTINCT numero_factura) AS facturas, sum(venta_total) AS venta_total,
                   sum(cantidad_vendida) FILTER (WHERE unidad_medida_venta <> 'KG') AS unidades, sum(cantidad_vendida) FILTER (WHERE unidad_medida_venta = 'KG') AS kilos
              FROM ${nombre} WHERE ubicacion_id = $1::text GROUP BY 1, 2) AS v USING (dia, hora)`,
    [first.id, tiendas.map(({ id }) => id)],
  );
  // No trigger runs for lines that are written directly into a partition.
  for (const [table, key, of] of [
    ['ventas_diarias', 'producto_id', 'producto_id'],
    ['ventas_horarias', 'hora', `extract(hour FROM fecha_venta AT TIME ZONE 'America/Caracas')::smallint`],
  ]) {
    await client.query(
      `INSERT INTO ${table} (ubicacion_id, dia, ${key}, lineas, facturas, unidades, kilos, venta_total, venta_con_costo, costo_total, utilidad_bruta)
       SELECT tienda, s.*
         FROM unnest($2::text[]) AS t (tienda)
        CROSS JOIN (
              SELECT dia, ${of} AS clave, count(*), count(DISTINCT numero_factura),
                     coalesce(sum(cantidad_vendida) FILTER (WHERE unidad_medida_venta <> 'KG'), 0),
                     coalesce(sum(cantidad_vendida) FILTER (WHERE unidad_medida_venta = 'KG'), 0),
                     sum(venta_total), sum(venta_total), sum(costo_total), sum(utilidad_bruta)
                FROM ${nombre} WHERE ubicacion_id = $1::text GROUP BY 1, 2) AS s`,
      [first.id, tiendas.map(({ id }) => id)],
    );
  }
  return (computed.rowCount ?? 0) + (copied.rowCount ?? 0);
}

async function connect(settings: DatabaseSettings): Promise<Client> {
  const client = new Client(toClientConfig(settings));
  await client.connect();
  await client.query(
    `SET synchronous_commit = off; SET maintenance_work_mem = '1GB'; SET work_mem = '512MB'; SET jit = off; SET timezone = 'UTC'`,
  );
  return client;
}
