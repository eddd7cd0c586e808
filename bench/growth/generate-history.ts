import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';

/** Two years of runs. */
const MONTHS = 24;

/**
 * How many half hours a version lasts, each for one article in thirteen: some change with every customer, some never. Together 3.8 % of
 * them change from one run to the next.
 */
const PERIODS = [5, 10, 15, 24, 32, 48, 80, 128, 200, 320, 600, 1_500, 4_000];

const SESSIONS = 2;

/** The period of an article, and for how many half hours its current version has been in force. */
const ARTICULO = `
  CROSS JOIN LATERAL (SELECT ($1::integer[])[1 + abs(hashtext(i.almacen_codigo || i.producto_id)) % cardinality($1::integer[])] AS periodo) AS p`;

/**
 * Writes two years of half-hourly snapshots and the versions closed meanwhile, up to the current rows of a warehouse loaded once. Each
 * month is written into its own table, in the order of the runs, and becomes a partition. Returns the number of versions.
 */
export async function generateHistory(settings: DatabaseSettings): Promise<number> {
  const client = await connect(settings);
  await client.query(
    `INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
     SELECT almacen_codigo, extraccion - n * interval '30 minutes', ubicacion_id, ejecucion_id, articulos, suma_cantidades
       FROM almacen_snapshots
      CROSS JOIN generate_series(1, $1::integer * 31 * 48) AS n
      WHERE extraccion - n * interval '30 minutes' >= now() - make_interval(months => $1::integer)`,
    [MONTHS],
  );
  await client.query(
    `UPDATE inventario_vigente v
        SET vigente_desde = v.vigente_desde - abs(hashtext(v.producto_id)) % p.periodo * interval '30 minutes'
       FROM inventario_vigente i ${ARTICULO}
      WHERE v.almacen_codigo = i.almacen_codigo AND v.producto_id = i.producto_id`,
    [PERIODS],
  );
  await client.query('VACUUM FULL inventario_vigente');
  const { rows: months } = await client.query<{ nombre: string; desde: Date; hasta: Date }>(
    `SELECT 'inventario_versiones_' || to_char(mes, 'YYYY_MM') AS nombre, mes AT TIME ZONE 'UTC' AS desde,
            (mes + interval '1 month') AT TIME ZONE 'UTC' AS hasta
       FROM (SELECT date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => n) AS mes
               FROM generate_series(0, $1::integer) AS n) AS m`,
    [MONTHS],
  );
  let rows = 0;
  const work = async (): Promise<void> => {
    const session = await connect(settings);
    for (let next = months.pop(); next !== undefined; next = months.pop()) {
      const generated = await generateMonth(session, next);
      rows += generated;
    }
    await session.end();
  };
  await Promise.all(Array.from({ length: SESSIONS }, work));
  await client.query('VACUUM (ANALYZE)');
  await client.end();
  return rows;
}

async function generateMonth(
  client: Client,
  { nombre, desde, hasta }: { readonly nombre: string; readonly desde: Date; readonly hasta: Date },
): Promise<number> {
  // The migrations created the current month's partition, which is empty.
  await client.query(`DROP TABLE IF EXISTS ${nombre}`);
  await client.query(
    `CREATE TABLE ${nombre} (LIKE inventario_versiones INCLUDING GENERATED INCLUDING CONSTRAINTS)`,
  );
  const { rowCount } = await client.query(
    `INSERT INTO ${nombre} (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde, vigente_hasta,
                            cambia_precio, precio_siguiente)
     SELECT i.ubicacion_id, i.almacen_codigo, i.producto_id, i.cantidad + n % 90, i.precio_venta, i.iva,
            i.vigente_desde - (n + 1) * duracion, i.vigente_desde - n * duracion, n % 60 = 0, CASE WHEN n % 60 = 0 THEN i.precio_venta END
       FROM inventario_vigente i ${ARTICULO}
      CROSS JOIN LATERAL (SELECT periodo * interval '30 minutes' AS duracion) AS d
      CROSS JOIN generate_series(
            greatest(0, ceil(extract(epoch FROM i.vigente_desde - $3::timestamptz) / (periodo * 1800)))::integer,
            floor(extract(epoch FROM i.vigente_desde - greatest($2::timestamptz, now() - make_interval(months => $4::integer)))
                  / (periodo * 1800))::integer) AS n
      WHERE i.vigente_desde - n * duracion < $3::timestamptz
        AND i.vigente_desde - (n + 1) * duracion >= now() - make_interval(months => $4::integer)
      ORDER BY 8, i.almacen_codigo, i.producto_id`,
    [PERIODS, desde, hasta, MONTHS],
  );
  await client.query(
    `ALTER TABLE inventario_versiones ATTACH PARTITION ${nombre} FOR VALUES FROM ('${desde.toISOString()}') TO ('${hasta.toISOString()}')`,
  );
  return rowCount ?? 0;
}

async function connect(settings: DatabaseSettings): Promise<Client> {
  const client = new Client(toClientConfig(settings));
  await client.connect();
  await client.query(
    `SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '512MB'; SET jit = off; SET timezone = 'UTC'`,
  );
  return client;
}
