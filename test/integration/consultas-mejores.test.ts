import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { useDatabase } from '../support/database.ts';
import { propertyWithin } from '../support/property.ts';

const database = await useDatabase();

const TIENDAS = ['tienda_01', 'tienda_02', 'tienda_03'];
const HOY = '2026-11-18';

/** Sales of 260 articles in each store, of which `agotados` percent are out in all warehouses; `importes` different amounts make ties. */
const FILL = `
  WITH articulos AS (
    SELECT t AS tienda, p.id AS producto, abs(hashtext($1::text || t || p.id)) AS azar
      FROM unnest($2::text[]) AS t CROSS JOIN productos p
  ), vendidos AS (
    INSERT INTO ventas_recientes (ubicacion_id, producto_id, unidades_7, kilos_7, unidades_28, kilos_28, venta_28)
    SELECT tienda, producto, 0, 0, 0, 0, azar % $3::integer FROM articulos
  )
  INSERT INTO inventario_vigente (ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde)
  SELECT tienda, a.codigo, producto, CASE WHEN azar / 7 % 100 < $4::integer THEN -(azar % 2) ELSE azar % 3 END, '2026-01-01Z'
    FROM articulos JOIN almacenes a ON a.ubicacion_id = tienda`;

const BEST = `SELECT tienda, codigo FROM consultas.mejores_sin_existencia($1::date, $2::text[], $3::integer)`;

/** The 200 that sell most in each store, without those that some warehouse has. */
const TRUTH = `
  SELECT m.ubicacion_id::text AS tienda, m.producto_id::text AS codigo
    FROM (SELECT *, row_number() OVER (PARTITION BY ubicacion_id ORDER BY venta_28 DESC, producto_id) AS n
            FROM ventas_recientes WHERE venta_28 > 0 AND ubicacion_id = ANY ($1::text[])) AS m
   WHERE m.n <= 200
     AND (SELECT max(i.cantidad) FROM inventario_vigente i JOIN almacenes a ON a.codigo = i.almacen_codigo AND a.activo
           WHERE a.ubicacion_id = m.ubicacion_id AND i.producto_id = m.producto_id) <= 0
   ORDER BY m.venta_28 DESC, m.ubicacion_id, m.producto_id
   LIMIT $2::integer`;

it('The best sellers that a store does not have are those among its 200 best, however many are out and sell the same', async () => {
  await database.query(`INSERT INTO ubicaciones (id, nombre) SELECT t, t FROM unnest($1::text[]) AS t`, [
    TIENDAS,
  ]);
  await database.query(
    `INSERT INTO almacenes (codigo, nombre, ubicacion_id, activo) VALUES
       ('A1', 'PISO', 'tienda_01', true), ('A2', 'DEPOSITO', 'tienda_01', true), ('A9', 'VIEJO', 'tienda_01', false),
       ('B1', 'PISO', 'tienda_02', true), ('C1', 'PISO', 'tienda_03', true);
     INSERT INTO productos (id, codigo, nombre) SELECT c, c, c FROM (SELECT lpad(n::text, 6, '0') AS c FROM generate_series(1, 260) AS n) AS codigos;
     INSERT INTO ventas_recientes_hasta (ubicacion_id, hasta) SELECT id, '2026-11-17' FROM ubicaciones`,
  );
  await fc.assert(
    propertyWithin(
      60_000,
      fc.record({
        semilla: fc.nat(),
        tiendas: fc.subarray(TIENDAS, { minLength: 1 }),
        importes: fc.constantFrom(2, 10, 100, 100_000),
        agotados: fc.constantFrom(0, 2, 10, 40, 100),
        maximo: fc.constantFrom(1, 5, 20, 100, 700),
      }),
      async ({ semilla, tiendas, importes, agotados, maximo }) => {
        await database.query('TRUNCATE ventas_recientes, inventario_vigente, inventario_agotado');
        await database.query(FILL, [String(semilla), TIENDAS, importes, agotados]);
        expect(await database.query(BEST, [HOY, tiendas, maximo])).toEqual(
          await database.query(TRUTH, [tiendas, maximo]),
        );
      },
    ),
    { numRuns: 60 },
  );
});
