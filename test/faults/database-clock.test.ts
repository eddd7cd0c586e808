import { beforeEach, describe, expect, it } from '@jest/globals';
import { readEstado } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import type { EstadoInventario } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import type { Row } from '../support/database.ts';
import { runOn } from '../support/database.ts';
import { codeBlocks, readDocument } from '../support/guide.ts';
import { answeringRows, codigo, existencias, toFilas } from './klk-answers.ts';
import { captureOutput } from '../support/output.ts';
import { questionContext } from '../support/world.ts';
import { everywhere, outcomes } from './expectations.ts';
import { ALMACENES, TIENDAS } from './pipeline-run.ts';
import { useWatchedWorld } from './watched-world.ts';

const world = await useWatchedWorld();
const { database } = world;
beforeEach(() => world.reset());

/** Redates everything written since a moment as if the clock had been ahead by a day. */
async function hadBeenAhead(since: Date): Promise<void> {
  for (const [table, column] of [
    ['almacen_snapshots', 'extraccion'],
    ['inventario_vigente', 'vigente_desde'],
    ['inventario_versiones', 'vigente_hasta'],
    ['inventario_versiones', 'vigente_desde'],
    ['inventario_sin_confirmar', 'reconfirmado'],
    ['inventario_sin_confirmar', 'confirmado'],
    ['inventario_vigente', 'existencia_desde'],
    ['inventario_agotado', 'negativo_desde'],
    ['inventario_agotado', 'desde'],
    ['etl_ejecuciones', 'fin'],
    ['etl_ejecuciones', 'inicio'],
  ])
    await database.query(
      `UPDATE ${table} SET ${column} = ${column} + interval '1 day' WHERE ${column} > $1`,
      [since],
    );
}

/** An article that does not change, one whose row is unreadable while the clock is ahead, and one that still is when it is right again. */
const [CONSTANT, UNREADABLE, STILL_UNREADABLE] = [codigo(2), codigo(3), codigo(4)];

/** An article of which only the price changes after the second version, and one that is out from the second on and below zero from the third. */
const [PRICED, OUT] = [codigo(5), codigo(6)];

/** KLK has a version of AAA in which these articles behave as described above. */
function serveRows(version: number): void {
  const filas = toFilas(existencias('AAA', version)).map((fila) => {
    if (fila.Codigo === CONSTANT) return { ...fila, stock: 1 };
    if (fila.Codigo === PRICED) return { ...fila, stock: Math.min(version, 2), Precio: version };
    if (fila.Codigo === OUT) return { ...fila, stock: [1, 0][version - 1] ?? -1 };
    const unreadable =
      (fila.Codigo === UNREADABLE && (version === 2 || version === 3)) ||
      (fila.Codigo === STILL_UNREADABLE && version > 2);
    return unreadable ? { ...fila, stock: 'abc' } : fila;
  });
  world.klk.setFault('AAA', answeringRows(filas));
}

/** Loads so many versions, the first with the clock right, the others while it is a day ahead. */
async function loadAhead(versions: number): Promise<void> {
  let right = new Date();
  for (let version = 1; version <= versions; version += 1) {
    world.serveVersion(version);
    serveRows(version);
    await captureOutput(() => world.start());
    if (version === 1) right = new Date();
  }
  world.klk.setFault('AAA', undefined);
  await hadBeenAhead(right);
}

/** Runs the SQL of the guide. */
const repair = (): Promise<Row[]> =>
  runOn(database.admin, codeBlocks(readDocument('docs/operacion.md'), 'sql', 'Horas del futuro').join(';\n'));

const ask = (): Promise<EstadoInventario> => readEstado(questionContext(database.etl, TIENDAS));

/** Of each article in each warehouse its quantities, oldest first, with the gaps and overlaps between them. */
const quantities = (periods: string): Promise<Row[]> =>
  database.query(
    `SELECT almacen_codigo, producto_id, array_agg(cantidad::float8 ORDER BY desde) AS cantidades,
            count(*) FILTER (WHERE hasta <> siguiente)::integer AS huecos
       FROM (SELECT *, lead(desde) OVER (PARTITION BY almacen_codigo, producto_id ORDER BY desde) AS siguiente
               FROM (${periods}) AS v (almacen_codigo, producto_id, cantidad, desde, hasta)) AS s
      GROUP BY almacen_codigo, producto_id ORDER BY almacen_codigo, producto_id`,
  );

/** Those of every accepted snapshot that confirmed the article, and those of the stored versions. */
const readHistory = async (): Promise<{ snapshots: Row[]; versions: Row[] }> => ({
  snapshots: await quantities(
    `SELECT almacen_codigo, producto_id, cantidad, fecha_snapshot, fecha_reemplazo FROM inventario_historico
      UNION ALL SELECT almacen_codigo, producto_id, cantidad, fecha_actualizacion, 'infinity' FROM inventario_actual`,
  ),
  versions: await quantities(
    `SELECT almacen_codigo, producto_id, cantidad, vigente_desde, vigente_hasta FROM inventario_versiones
      UNION ALL SELECT almacen_codigo, producto_id, cantidad, vigente_desde, 'infinity' FROM inventario_vigente`,
  ),
});

describe('A database whose clock was ahead and is right again', () => {
  it('Runs load nothing and say why, and estado calls no warehouse fresh', async () => {
    await loadAhead(2);
    world.serveVersion(3);
    const [refused] = await world.watch(async () => [await world.start()]);
    expect(outcomes(refused?.resumen)).toEqual(everywhere('SNAPSHOT_ANTIGUO'));
    expect(String(refused?.thrown)).toMatch(
      /AAA tiene un inventario con hora del futuro.*docs\/operacion\.md/s,
    );
    const { almacenes, ultimaEjecucion } = await ask();
    expect(almacenes.map(({ frescura }) => frescura)).toEqual(ALMACENES.map(() => 'en el futuro'));
    expect(ultimaEjecucion?.id).toBe(refused?.resumen?.ejecucionId);
  });

  it('The SQL of the guide keeps every version in order, and the next run loads', async () => {
    await loadAhead(4);
    const before = await readHistory();
    await repair();
    expect(await readHistory()).toEqual(before);
    const served = (article: string): unknown[] =>
      [1, 2, 3, 4].map((version) => existencias('AAA', version).get(article));
    const [first, second, , fourth] = served(UNREADABLE);
    const [early, late] = served(STILL_UNREADABLE);
    for (const [article, ofVersions, ofSnapshots] of [
      [codigo(1), served(codigo(1)), served(codigo(1))],
      [CONSTANT, [1], [1, 1, 1, 1]],
      [UNREADABLE, [first, fourth], [first, fourth]],
      [STILL_UNREADABLE, [early, late], [early, late]],
    ] as const) {
      const row = { almacen_codigo: 'AAA', producto_id: article, huecos: 0 };
      expect(before.versions).toContainEqual({ ...row, cantidades: ofVersions });
      expect(before.snapshots).toContainEqual({ ...row, cantidades: ofSnapshots });
    }
    expect(second).not.toBe(first);
    const [later] = await database.query(
      `SELECT (SELECT count(*) FROM almacen_snapshots WHERE extraccion > now())
            + (SELECT count(*) FROM inventario_vigente WHERE greatest(vigente_desde, existencia_desde) > now())
            + (SELECT count(*) FROM inventario_agotado WHERE greatest(desde, negativo_desde) > now())
            + (SELECT count(*) FROM inventario_versiones WHERE vigente_hasta > now())
            + (SELECT count(*) FROM inventario_sin_confirmar WHERE greatest(confirmado, reconfirmado) > now())
            + (SELECT count(*) FROM etl_ejecuciones WHERE fin > now()) AS futuros`,
    );
    expect(later).toEqual({ futuros: '0' });
    const { almacenes, ultimaEjecucion } = await ask();
    expect(almacenes.map(({ frescura }) => frescura)).toEqual(ALMACENES.map(() => 'al día'));
    expect(ultimaEjecucion?.inicio.getTime()).toBeLessThanOrEqual(Date.now());

    world.serveVersion(5);
    expect((await world.run()).estado).toBe('exitosa');
  });

  it('After the SQL of the guide a stock is as old as the version that brought it, and so is a lack of stock', async () => {
    await loadAhead(4);
    await repair();
    expect(
      await database.query(
        `SELECT i.producto_id, i.existencia_desde = v.desde AS existencia, g.desde = v.desde AS agotado, g.negativo_desde = i.vigente_desde AS negativo
           FROM inventario_vigente i
           JOIN (SELECT producto_id, min(vigente_hasta) AS desde FROM inventario_versiones WHERE almacen_codigo = 'AAA' GROUP BY producto_id) AS v USING (producto_id)
           LEFT JOIN inventario_agotado g USING (almacen_codigo, producto_id)
          WHERE i.almacen_codigo = 'AAA' AND i.producto_id = ANY ($1) ORDER BY i.producto_id`,
        [[PRICED, OUT]],
      ),
    ).toEqual([
      { producto_id: PRICED, existencia: true, agotado: null, negativo: null },
      { producto_id: OUT, existencia: null, agotado: true, negativo: true },
    ]);
  });

  it('The SQL of the guide leaves no reading and no request of the sales in the future, in their order', async () => {
    await database.query(
      `INSERT INTO ubicaciones (id, nombre) VALUES ('tienda_futura', 'FUTURA');
       INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lecturas, leido, ultimo_cambio, pedido, cerrado, error_codigo, error_mensaje, error_momento, vacio_rechazado)
       SELECT 'tienda_futura', '2026-11-01', desde::time, desde::time + interval '1 hour', estado, (leido IS NOT NULL)::integer * 2, now() + leido, now() + cambio, now() + pedido,
              CASE estado WHEN 'cerrado' THEN now() + leido END, CASE WHEN error IS NOT NULL THEN 'KLK_CORTADA' END, CASE WHEN error IS NOT NULL THEN '' END, now() + error, now() + error + interval '1 h'
         FROM (VALUES ('01:00', 'provisional', interval '2 h', interval '1 h', interval '90 min', NULL::interval),
                      ('02:00', 'provisional', '2 h', NULL, '3 h', NULL),
                      ('03:00', 'cerrado', '4 h', '-1 h', NULL, NULL),
                      ('04:00', 'fallido', '-2 h', NULL, '-3 h', '5 h'),
                      ('05:00', 'pendiente', NULL, NULL, '6 h', NULL)) AS t (desde, estado, leido, cambio, pedido, error)`,
    );
    await database.query(
      `INSERT INTO ventas_recientes_hasta VALUES ('tienda_futura', current_date + 2) ON CONFLICT (ubicacion_id) DO UPDATE SET hasta = excluded.hasta`,
    );
    await repair();
    expect(
      await database.query(
        `SELECT left(desde::text, 5) AS desde, greatest(leido, ultimo_cambio, pedido, cerrado, error_momento, vacio_rechazado) > now() AS futuro,
                ultimo_cambio IS NULL AS sin_cambio, coalesce(leido < pedido, pedido IS NOT NULL) AS espera
           FROM ventas_tramos WHERE ubicacion_id = 'tienda_futura' ORDER BY ventas_tramos.desde`,
      ),
    ).toEqual([
      { desde: '01:00', futuro: false, sin_cambio: false, espera: false },
      { desde: '02:00', futuro: false, sin_cambio: true, espera: true },
      { desde: '03:00', futuro: false, sin_cambio: false, espera: false },
      { desde: '04:00', futuro: false, sin_cambio: true, espera: false },
      { desde: '05:00', futuro: false, sin_cambio: true, espera: true },
    ]);
    // The sums of what was sold lately are counted anew with the next reading.
    const [sumas] = await database.query(
      `SELECT hasta::text FROM ventas_recientes_hasta WHERE ubicacion_id = 'tienda_futura'`,
    );
    expect(sumas).toEqual({ hasta: '-infinity' });
  });
});
