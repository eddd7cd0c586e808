import { beforeEach, describe, expect, it } from '@jest/globals';
import { readEstado } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import type { Estado } from '../../lambdas/inventario-klk/questions/read-estado.ts';
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

/** KLK has a version of AAA in which these articles behave as described above. */
function serveRows(version: number): void {
  const filas = toFilas(existencias('AAA', version)).map((fila) => {
    if (fila.Codigo === CONSTANT) return { ...fila, stock: 1 };
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

const ask = (): Promise<Estado> => readEstado(questionContext(database.etl, TIENDAS));

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
    await runOn(
      database.admin,
      codeBlocks(readDocument('docs/operacion.md'), 'sql', 'Horas del futuro').join(';\n'),
    );
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
            + (SELECT count(*) FROM inventario_vigente WHERE vigente_desde > now())
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
});
