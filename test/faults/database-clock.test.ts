import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readEstado } from '../../lambdas/inventario-klk/runs/read-estado.ts';
import type { Estado } from '../../lambdas/inventario-klk/runs/read-estado.ts';
import { captureOutput } from '../support/captured-output.ts';
import { runOn } from '../support/empty-database.ts';
import { existencias } from '../support/existencias.ts';
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
    ['almacenes', 'ultima_extraccion'],
    ['almacen_snapshots', 'extraccion'],
    ['inventario_actual', 'vigente_desde'],
    ['inventario_actual', 'fecha_actualizacion'],
    ['inventario_historico', 'fecha_reemplazo'],
    ['inventario_historico', 'fecha_snapshot'],
    ['etl_ejecuciones', 'fin'],
    ['etl_ejecuciones', 'inicio'],
  ]) {
    await scene.database.query(
      `UPDATE ${table} SET ${column} = ${column} + interval '1 day' WHERE ${column} > $1`,
      [since],
    );
  }
}

/** Loads so many versions, the first with the clock right, the others while it is a day ahead. */
async function loadAhead(versions: number): Promise<void> {
  let right = new Date();
  for (let version = 1; version <= versions; version += 1) {
    serveEverywhere(version);
    await captureOutput(() => scene.start());
    if (version === 1) right = new Date();
  }
  await hadBeenAhead(right);
}

const ask = (): Promise<Estado> => readEstado(systemsOf(scene.database.etl, TIENDAS));

/** Of each article in each warehouse its quantities, oldest first, with the gaps and overlaps between them. */
const versions = (): Promise<Record<string, unknown>[]> =>
  scene.database.query(
    `SELECT almacen_codigo, producto_id, array_agg(cantidad::float8 ORDER BY desde) AS cantidades,
            count(*) FILTER (WHERE hasta <> siguiente)::integer AS huecos
       FROM (SELECT *, lead(desde) OVER (PARTITION BY almacen_codigo, producto_id ORDER BY desde) AS siguiente
               FROM (SELECT almacen_codigo, producto_id, cantidad, fecha_snapshot AS desde, fecha_reemplazo AS hasta
                       FROM inventario_historico
                      UNION ALL
                     SELECT almacen_codigo, producto_id, cantidad, vigente_desde, 'infinity' FROM inventario_actual) AS v) AS s
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
    const before = await versions();
    await runOn(
      scene.database.admin,
      codeBlocks(readDocument('docs/operacion.md'), 'sql', 'Horas del futuro').join(';\n'),
    );
    expect(await versions()).toEqual(before);
    expect(before).toContainEqual({
      almacen_codigo: 'AAA',
      producto_id: '000001',
      cantidades: [1, 2, 3, 4].map((version) => existencias('AAA', version).get('000001')),
      huecos: 0,
    });
    const { almacenes, ultimaEjecucion } = await ask();
    expect(almacenes.map(({ frescura }) => frescura)).toEqual(ALMACENES.map(() => 'al día'));
    expect(ultimaEjecucion?.inicio.getTime()).toBeLessThanOrEqual(Date.now());

    expect(
      await scene.database.query(
        'SELECT count(*)::integer AS futuros FROM almacen_snapshots WHERE extraccion > now()',
      ),
    ).toEqual([{ futuros: 0 }]);

    serveEverywhere(5);
    expect((await scene.run()).estado).toBe('exitosa');
  });
});
