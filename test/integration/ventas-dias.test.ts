import { beforeEach, expect, it } from '@jest/globals';
import { useDatabase } from '../support/database.ts';
import { clearTables } from '../support/inventory.ts';

const database = await useDatabase();

/** The days whose row is not what the ledger and the hours say now. */
const UNTRUE = `
  SELECT * FROM (
    SELECT ubicacion_id, dia, tramos, cerrados, fallidos, sin_leer, lineas, facturas, unidades, kilos, venta_total, venta_con_costo, costo_total, utilidad_bruta, horas_con_costo
      FROM ventas_dias WHERE tramos <> 0 OR lineas <> 0) AS d
    FULL JOIN (
      SELECT ubicacion_id, dia, count(*) AS tramos, count(*) FILTER (WHERE estado = 'cerrado') AS cerrados, count(*) FILTER (WHERE estado = 'fallido') AS fallidos,
             count(*) FILTER (WHERE leido IS NULL OR leido < (dia + hasta) AT TIME ZONE 'America/Caracas') AS sin_leer
        FROM ventas_tramos GROUP BY ubicacion_id, dia) AS t USING (ubicacion_id, dia)
    FULL JOIN (
      SELECT ubicacion_id, dia, sum(lineas) AS lineas, sum(facturas) AS facturas, sum(unidades) AS unidades, sum(kilos) AS kilos, sum(venta_total) AS venta_total,
             sum(venta_con_costo) AS venta_con_costo, sum(costo_total) AS costo_total, sum(utilidad_bruta) AS utilidad_bruta,
             count(costo_total) AS horas_con_costo
        FROM ventas_horarias GROUP BY ubicacion_id, dia) AS h USING (ubicacion_id, dia)
   WHERE (d.tramos, d.cerrados, d.fallidos, d.sin_leer, d.lineas, d.facturas, d.unidades, d.kilos, d.venta_total, d.venta_con_costo, d.costo_total, d.utilidad_bruta,
          d.horas_con_costo)
         IS DISTINCT FROM (coalesce(t.tramos, 0), coalesce(t.cerrados, 0), coalesce(t.fallidos, 0), coalesce(t.sin_leer, 0), coalesce(h.lineas, 0), coalesce(h.facturas, 0),
                           coalesce(h.unidades, 0), coalesce(h.kilos, 0), coalesce(h.venta_total, 0), coalesce(h.venta_con_costo, 0), coalesce(h.costo_total, 0),
                           coalesce(h.utilidad_bruta, 0), coalesce(h.horas_con_costo, 0))`;

const days = async (): Promise<unknown[]> =>
  (
    await database.query(
      `SELECT concat_ws(' ', dia, ubicacion_id, tramos, cerrados, fallidos, sin_leer, lineas, facturas, trim_scale(venta_total)) AS fila
         FROM ventas_dias WHERE tramos <> 0 OR lineas <> 0 ORDER BY 1`,
    )
  ).map(({ fila }) => fila);

const insertTramos = `
  INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta)
  SELECT 'tienda_01', dia, make_time(hora, 0, 0), CASE hora WHEN 16 THEN time '24:00' ELSE make_time(hora + 8, 0, 0) END
    FROM unnest('{2026-11-17,2026-11-18}'::date[]) AS dia, unnest('{0,8,16}'::integer[]) AS hora`;

const insertVentas = `
  INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, unidad_medida_venta, venta_total, costo_total, utilidad_bruta)
  SELECT 'tienda_01', 'F-' || n / 2, n % 2 + 1, (dia + make_time(9 + n / 2, 0, 0)) AT TIME ZONE 'America/Caracas', dia, 'A', n, CASE WHEN n % 3 = 0 THEN 'KG' END, n,
         CASE WHEN n % 2 = 0 THEN 0.5 * n END, 0.5 * n
    FROM unnest('{2026-11-17,2026-11-18}'::date[]) AS dia, generate_series(1, 4) AS n`;

beforeEach(async () => {
  await clearTables(database);
  await database.query(
    `INSERT INTO ubicaciones (id, nombre) VALUES ('tienda_01', 'UNA'), ('tienda_02', 'DOS')`,
  );
  await database.query(insertTramos);
  await database.query(insertVentas);
});

it('A day of a store is one row: its slices, and what its hours add up to', async () => {
  // 1 + 2 + 3 + 4 USD on the invoices F-0, F-1 and F-2.
  expect(await days()).toEqual([
    '2026-11-17 tienda_01 3 0 0 3 4 3 10',
    '2026-11-18 tienda_01 3 0 0 3 4 3 10',
  ]);
});

it.each([
  [
    'slices are read',
    `UPDATE ventas_tramos SET estado = 'provisional', lecturas = 1, leido = dia + 1 + time '06:00' WHERE dia = '2026-11-17'`,
  ],
  [
    'a slice is read before it ends',
    `UPDATE ventas_tramos SET estado = 'provisional', lecturas = 1, leido = (dia + time '17:00') AT TIME ZONE 'America/Caracas' WHERE dia = '2026-11-17' AND hasta = '24:00'`,
  ],
  [
    'slices are closed',
    `UPDATE ventas_tramos SET estado = 'cerrado', lecturas = 2, leido = now(), cerrado = now()`,
  ],
  [
    'slices fail',
    `UPDATE ventas_tramos SET estado = 'fallido', error_codigo = 'X', error_mensaje = 'x', error_momento = now() WHERE desde = '08:00'`,
  ],
  ['slices are removed', `DELETE FROM ventas_tramos WHERE desde = '08:00'`],
  [
    'slices become those of another store',
    `UPDATE ventas_tramos SET ubicacion_id = 'tienda_02' WHERE dia = '2026-11-17'`,
  ],
  ['the ledger is emptied', 'TRUNCATE ventas_tramos'],
  ['lines change', `UPDATE ventas SET venta_total = 2 * venta_total, costo_total = NULL WHERE linea = 1`],
  ['lines go to another hour', `UPDATE ventas SET fecha_venta = fecha_venta + interval '3 hours'`],
  ['lines go to another store', `UPDATE ventas SET ubicacion_id = 'tienda_02' WHERE dia = '2026-11-18'`],
  ['lines are removed', `DELETE FROM ventas WHERE dia = '2026-11-18'`],
  ['all lines are removed', 'TRUNCATE ventas'],
  ['days are counted anew', `SELECT sumar_ventas('2026-11-17', '2026-11-18')`],
])('The rows are true after %s', async (_title, statement) => {
  await database.query(statement);

  expect(await database.query(UNTRUE)).toEqual([]);
});

it('Two loads of the same day add up, whichever commits first', async () => {
  const one = await database.openSession();
  const other = await database.openSession();
  const read = (desde: string): string =>
    `UPDATE ventas_tramos SET estado = 'provisional', lecturas = 1, leido = dia + 2 WHERE dia = '2026-11-17' AND desde = '${desde}'`;
  await one.query('BEGIN');
  await other.query('BEGIN');
  await one.query(read('00:00'));
  const waiting = other.query(read('08:00'));
  await database.untilSomebodyWaits();
  await one.query('COMMIT');
  await waiting;
  await other.query('COMMIT');

  expect(await database.query(UNTRUE)).toEqual([]);
});

it('A slice that is read again as it was does not wait for another of its day', async () => {
  await database.query(`UPDATE ventas_tramos SET estado = 'provisional', lecturas = 1, leido = dia + 2`);
  const one = await database.openSession();
  const other = await database.openSession();
  await one.query('BEGIN');
  await one.query(
    `UPDATE ventas_tramos SET estado = 'cerrado', lecturas = 2, cerrado = now() WHERE dia = '2026-11-17' AND desde = '00:00'`,
  );

  await other.query(`SET lock_timeout = '1ms'`);
  await other.query(
    `UPDATE ventas_tramos SET lecturas = 2, leido = dia + 3 WHERE dia = '2026-11-17' AND desde = '08:00'`,
  );
  await one.query('COMMIT');

  expect(await database.query(UNTRUE)).toEqual([]);
});
