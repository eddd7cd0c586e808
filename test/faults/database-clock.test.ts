import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createMeta } from '../../local/klk-simulator/answer.ts';
import { readEstado } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import type { Estado } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import { captureOutput } from '../support/captured-output.ts';
import { runOn } from '../support/empty-database.ts';
import { codigo, existencias, toFilas } from '../support/existencias.ts';
import { answering } from '../support/faulty-klk.ts';
import { codeBlocks, readDocument } from '../support/guide.ts';
import { ALMACENES, TIENDAS } from '../support/pipeline-run.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { systemsOf } from '../support/systems.ts';
import { outcomes } from './kept.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(() => scene.reset());
afterAll(() => scene.close());

const serveEverywhere = (version: number): void => {
  for (const almacen of ALMACENES) scene.serve(almacen, existencias(almacen, version));
};

/** Everything that was noted since a moment, as a clock that was ahead by a day would have noted it. */
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
  ]) {
    await scene.database.query(
      `UPDATE ${table} SET ${column} = ${column} + interval '1 day' WHERE ${column} > $1`,
      [since],
    );
  }
}

/** An article that does not change, one whose row is unreadable while the clock is ahead, and one that still is when it is right again. */
const [CONSTANT, UNREADABLE, STILL_UNREADABLE] = [codigo(2), codigo(3), codigo(4)];

/** AAA answers a version in which these articles are as said. */
function serveRows(version: number): void {
  const articulos = toFilas(existencias('AAA', version)).map((fila) => {
    if (fila.Codigo === CONSTANT) return { ...fila, stock: 1 };
    const unreadable =
      (fila.Codigo === UNREADABLE && (version === 2 || version === 3)) ||
      (fila.Codigo === STILL_UNREADABLE && version > 2);
    return unreadable ? { ...fila, stock: 'abc' } : fila;
  });
  scene.klk.fail('AAA', answering({ meta: createMeta(['AAA'], articulos.length), articulos }));
}

/** Loads so many versions, the first with the clock right, the others while it is a day ahead. */
async function loadAhead(versions: number): Promise<void> {
  let right = new Date();
  for (let version = 1; version <= versions; version += 1) {
    serveEverywhere(version);
    serveRows(version);
    await captureOutput(() => scene.start());
    if (version === 1) right = new Date();
  }
  scene.klk.fail('AAA', undefined);
  await hadBeenAhead(right);
}

const ask = (): Promise<Estado> => readEstado(systemsOf(scene.database.etl, TIENDAS));

/** Of each article in each warehouse its quantities in every accepted snapshot that confirmed it, oldest first, with the gaps and overlaps between them. */
const snapshots = (): Promise<Record<string, unknown>[]> =>
  scene.database.query(
    `SELECT almacen_codigo, producto_id, array_agg(cantidad::float8 ORDER BY desde) AS cantidades,
            count(*) FILTER (WHERE hasta <> siguiente)::integer AS huecos
       FROM (SELECT *, lead(desde) OVER (PARTITION BY almacen_codigo, producto_id ORDER BY desde) AS siguiente
               FROM (SELECT almacen_codigo, producto_id, cantidad, fecha_snapshot AS desde, fecha_reemplazo AS hasta
                       FROM inventario_historico
                      UNION ALL
                     SELECT almacen_codigo, producto_id, cantidad, fecha_actualizacion, 'infinity' FROM inventario_actual) AS v) AS s
      GROUP BY almacen_codigo, producto_id ORDER BY almacen_codigo, producto_id`,
  );

/** The same of the stored versions. */
const versions = (): Promise<Record<string, unknown>[]> =>
  scene.database.query(
    `SELECT almacen_codigo, producto_id, array_agg(cantidad::float8 ORDER BY desde) AS cantidades,
            count(*) FILTER (WHERE hasta <> siguiente)::integer AS huecos
       FROM (SELECT *, lead(desde) OVER (PARTITION BY almacen_codigo, producto_id ORDER BY desde) AS siguiente
               FROM (SELECT almacen_codigo, producto_id, cantidad, vigente_desde AS desde, vigente_hasta AS hasta
                       FROM inventario_versiones
                      UNION ALL
                     SELECT almacen_codigo, producto_id, cantidad, vigente_desde, 'infinity' FROM inventario_vigente) AS v) AS s
      GROUP BY almacen_codigo, producto_id ORDER BY almacen_codigo, producto_id`,
  );

describe('clock of the database ahead, then right again', () => {
  it('is said by the run that can load nothing and by estado, which calls no warehouse fresh', async () => {
    await loadAhead(2);
    serveEverywhere(3);
    const { runs } = await scene.watch(async () => [await scene.start()]);
    const [refused] = runs;
    expect(refused?.resumen && outcomes(refused.resumen)).toEqual(
      Object.fromEntries(ALMACENES.map((almacen) => [almacen, 'SNAPSHOT_ANTIGUO'])),
    );
    expect(String(refused?.thrown)).toMatch(
      /AAA tiene un inventario con hora del futuro.*docs\/operacion\.md/s,
    );
    const { almacenes, ultimaEjecucion } = await ask();
    expect(almacenes.map(({ frescura }) => frescura)).toEqual(ALMACENES.map(() => 'en el futuro'));
    expect(ultimaEjecucion?.id).toBe(refused?.resumen?.ejecucionId);
  });

  it('is mended by the SQL of the guide: every version stays, in order, and the next run loads', async () => {
    await loadAhead(4);
    const before = { versions: await versions(), snapshots: await snapshots() };
    await runOn(
      scene.database.admin,
      codeBlocks(readDocument('docs/operacion.md'), 'sql', 'Horas del futuro').join(';\n'),
    );
    expect({ versions: await versions(), snapshots: await snapshots() }).toEqual(before);
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
    const [later] = await scene.database.query(
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

    serveEverywhere(5);
    expect((await scene.run()).estado).toBe('exitosa');
  });
});
