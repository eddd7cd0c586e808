import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { addDias, diaAt, startOfDia } from '../../lambdas/core/time/dia.ts';
import { transformInventario } from '../../lambdas/inventario-klk/transform/transform-inventario.ts';
import { runPipeline } from '../../lambdas/ventas-klk/pipeline.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';
import { FLUCTUATIONS } from '../../local/klk-simulator/fluctuations.ts';
import { createPast } from '../../local/past-trade.ts';
import type { Past } from '../../local/past-trade.ts';
import { createDatabase, useDatabase } from '../support/database.ts';
import { captureOutput } from '../support/output.ts';
import { createVentasRun, TIENDAS } from '../support/ventas-run.ts';

const CERRADA: Tienda = {
  id: 'tienda_z',
  nombre: 'CERRADA',
  tipo: 'tienda',
  activa: false,
  almacenes: [{ codigo: 'PISO-z', nombre: 'PISO DE VENTA' }],
  sucursalKlk: 'SUC-z',
};
const ALMACENES = TIENDAS.flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo));
const DIAS = 40;
const ARTICULOS = 600;

// The middle of an afternoon, so that the last snapshot is hours old.
const AHORA = new Date(startOfDia(diaAt(new Date())).getTime() - 9 * 3_600_000);

const database = await useDatabase();
let klk: KlkSimulator;
let past: Past | undefined;

const create = (settings = database.admin): Promise<Past | undefined> =>
  createPast(settings, { tiendas: [...TIENDAS, CERRADA], klk, ahora: AHORA, dias: DIAS });

beforeAll(async () => {
  klk = await startKlkSimulator({
    tiendas: TIENDAS,
    articulosPorAlmacen: ARTICULOS,
    existenciaSegunVentas: true,
    fluctuations: FLUCTUATIONS,
    ahora: () => AHORA,
  });
  past = await create();
});

afterAll(() => klk.close());

describe('The past of an empty database', () => {
  it('is a snapshot of every active warehouse each three hours, up to now', async () => {
    const hoy = diaAt(AHORA);
    expect(past).toMatchObject({ desde: addDias(hoy, -DIAS), hasta: addDias(hoy, -1) });
    expect(
      await database.query(
        `SELECT almacen_codigo, count(*)::integer AS snapshots, min(extraccion) AS primero, max(extraccion) AS ultimo,
                bool_and(articulos = $1::integer) AS completos
           FROM almacen_snapshots GROUP BY 1 ORDER BY 1`,
        [ARTICULOS],
      ),
    ).toEqual(
      ALMACENES.map((almacen_codigo) => ({
        almacen_codigo,
        snapshots: 8 * DIAS + 5,
        primero: new Date(startOfDia(addDias(hoy, -DIAS)).getTime() + 30 * 60_000),
        ultimo: new Date(startOfDia(hoy).getTime() + 12.5 * 3_600_000),
        completos: true,
      })),
    );
  });

  it('has for any moment the inventory that the pipeline would have made of the answer of that moment', async () => {
    const snapshots = await database.query(
      `SELECT almacen_codigo AS almacen, extraccion AS momento, trim_scale(suma_cantidades)::text AS suma
         FROM (SELECT *, row_number() OVER (PARTITION BY almacen_codigo ORDER BY extraccion) AS n FROM almacen_snapshots) AS s
        WHERE n % 29 = 1`,
    );
    expect(snapshots.length).toBeGreaterThan(20);
    for (const { almacen, momento, suma } of snapshots) {
      const { inventario } = transformInventario(klk.articulos(String(almacen), new Date(String(momento))));
      const rows = await database.query(
        `SELECT producto_id, trim_scale(cantidad)::text AS cantidad, trim_scale(precio_venta)::text AS precio_venta, trim_scale(iva)::text AS iva,
                trim_scale(sum(cantidad) OVER ())::text AS suma
           FROM inventario_en($1::timestamptz) WHERE almacen_codigo = $2::text ORDER BY producto_id`,
        [momento, almacen],
      );
      expect(rows).toEqual(inventario.map((fila) => ({ ...fila, suma })));
    }
  });

  it('has versions that follow each other without a gap, each unlike its neighbour, and says which price followed', async () => {
    expect(
      await database.query(
        `WITH todas AS (
           SELECT almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde, vigente_hasta, cambia_precio, precio_siguiente FROM inventario_versiones
           UNION ALL
           SELECT almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde, NULL, false, NULL FROM inventario_vigente
         ), seguidas AS (
           SELECT *, lead(vigente_desde) OVER w AS desde, lead(precio_venta) OVER w AS precio,
                  (cantidad, precio_venta, iva) IS NOT DISTINCT FROM (lead(cantidad) OVER w, lead(precio_venta) OVER w, lead(iva) OVER w) AS igual
             FROM todas WINDOW w AS (PARTITION BY almacen_codigo, producto_id ORDER BY vigente_desde)
         )
         SELECT count(*) FILTER (WHERE vigente_hasta IS DISTINCT FROM desde)::integer AS sueltas,
                count(*) FILTER (WHERE igual)::integer AS iguales,
                count(*) FILTER (WHERE cambia_precio <> (vigente_hasta IS NOT NULL AND precio <> precio_venta)
                                    OR precio_siguiente IS DISTINCT FROM CASE WHEN cambia_precio THEN precio END)::integer AS precios,
                (SELECT count(*) FROM inventario_versiones_default)::integer AS "sinParticion"
           FROM seguidas`,
      ),
    ).toEqual([{ sueltas: 0, iguales: 0, precios: 0, sinParticion: 0 }]);
  });

  it('has prices that change and articles that run out for days', async () => {
    const [cambios] = await database.query(
      `SELECT count(*) FILTER (WHERE cambia_precio)::float8 AS precios,
              count(*) FILTER (WHERE cantidad <= 0 AND vigente_hasta - vigente_desde > interval '1 day')::float8 AS faltantes
         FROM inventario_versiones`,
    );
    // Of 1,200 articles over 40 days.
    expect(cambios?.['precios']).toBeGreaterThan(100);
    expect(cambios?.['precios']).toBeLessThan(1_200);
    expect(cambios?.['faltantes']).toBeGreaterThan(20);
    expect(cambios?.['faltantes']).toBeLessThan(1_200);
  });

  it('has its days of sales as gaps, each whole', async () => {
    expect(
      await database.query(
        `SELECT ubicacion_id, count(*)::integer AS dias, bool_and(estado = 'pendiente' AND desde = '00:00' AND hasta = '24:00') AS enteros
           FROM ventas_tramos GROUP BY 1 ORDER BY 1`,
      ),
    ).toEqual(TIENDAS.map(({ id }) => ({ ubicacion_id: id, dias: DIAS, enteros: true })));
  });

  it('lets the pipeline read those days, and finds them unchanged when it reads them again', async () => {
    const hasta = past?.hasta ?? '';
    const read = async (): Promise<unknown> => {
      const systems = { klkUrl: klk.baseUrl, headers: {}, database: database.etl };
      const run = createVentasRun(systems, () => AHORA, { desde: addDias(hasta, -1), hasta });
      const { outcome } = await captureOutput(() => runPipeline(run));
      return outcome.status === 'fulfilled' ? outcome.value : outcome.reason;
    };
    expect(await read()).toMatchObject({ estado: 'exitosa' });
    const lineas = TIENDAS.flatMap(({ sucursalKlk }) => klk.ventas(sucursalKlk, hasta)).length;
    expect(
      await database.query('SELECT count(*)::integer AS lineas FROM ventas WHERE dia = $1::date', [hasta]),
    ).toEqual([{ lineas }]);

    AHORA.setSeconds(AHORA.getSeconds() + 1);
    expect(await read()).toMatchObject({
      estado: 'exitosa',
      totales: { nuevas: 0, cambiadas: 0, retiradas: 0 },
    });
  });
});

describe('A database that is not empty', () => {
  it('gets no past, and keeps its rows', async () => {
    const before = await database.query('SELECT count(*) FROM inventario_versiones');

    expect(await create()).toBeUndefined();
    expect(await database.query('SELECT count(*) FROM inventario_versiones')).toEqual(before);
  });

  it('includes one that has only a run', async () => {
    const other = await createDatabase();
    try {
      await other.query(
        `INSERT INTO etl_ejecuciones (id, flujo, origen, inicio) VALUES (gen_random_uuid(), 'inventario', 'cli', now())`,
      );

      expect(await create(other.admin)).toBeUndefined();
      expect(await other.query('SELECT count(*)::integer AS n FROM almacen_snapshots')).toEqual([{ n: 0 }]);
    } finally {
      await other.drop();
    }
  });
});
