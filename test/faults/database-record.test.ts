import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/shared/database-settings.ts';
import { ALMACENES, TIENDAS } from '../support/pipeline-run.ts';
import { codigo, existencias, toFilas } from '../support/existencias.ts';
import { answering } from '../support/faulty-klk.ts';
import { createMeta } from '../../local/klk-simulator/answer.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { outcomes } from './kept.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(() => scene.reset());
afterAll(() => scene.close());

const LOADED = Object.fromEntries(ALMACENES.map((almacen) => [almacen, 'cargado']));

describe('what a run records', () => {
  let other: Client;
  beforeEach(async () => {
    other = new Client({ ...toClientConfig(scene.database.admin), application_name: 'pruebas' });
    await other.connect();
  });

  it('holds up no load when it cannot be written, and the log says so', async () => {
    scene.loseRecords();
    await other.query('BEGIN; LOCK TABLE etl_ejecucion_almacenes IN ACCESS EXCLUSIVE MODE');

    const { runs } = await scene.watch(async () => {
      const ended = await scene.start({ klk: { concurrency: 1 } });
      await other.end();
      return [ended];
    });

    const resumen = runs[0]?.resumen;
    expect(resumen && outcomes(resumen)).toEqual(LOADED);
    const waits = resumen?.tiendas.flatMap(({ almacenes }) => almacenes.map(({ ms }) => ms.carga)) ?? [];
    expect(Math.max(...waits)).toBeLessThan(2_000);
    expect(
      scene.lines().filter(({ message }) => message === 'No se pudo anotar el almacén en la base'),
    ).toHaveLength(ALMACENES.length);
  });

  it('is not cut off by the deadline that ends a load', async () => {
    await scene.run();
    const [tienda] = TIENDAS;
    await other.query(`BEGIN; SELECT FROM almacenes WHERE codigo = 'AAA' FOR UPDATE`);
    scene.serve('AAA', existencias('AAA', 2));

    const { runs } = await scene.watch(async () => {
      const ended = await scene.start({ limitMs: 2_500, tiendas: tienda === undefined ? [] : [tienda] });
      await other.end();
      return [ended];
    });

    expect(runs[0]?.resumen && outcomes(runs[0].resumen)).toEqual({ AAA: 'SIN_TIEMPO' });
  });

  it('keeps a thousand refused rows of a run and no more', async () => {
    await other.end();
    for (const almacen of ['AAA', 'BBB']) {
      const filas = toFilas(existencias(almacen, 1));
      const malas = Array.from({ length: 600 }, (_, index) => ({
        ...filas[0],
        Codigo: codigo(1_000 + index),
        stock: 'abc',
      }));
      scene.klk.fail(
        almacen,
        answering({ meta: createMeta([almacen], filas.length + 600), articulos: [...filas, ...malas] }),
      );
    }

    expect(outcomes(await scene.run({ forzar: true }))).toEqual(LOADED);
    expect(await scene.database.query('SELECT count(*)::integer AS filas FROM etl_rechazos')).toEqual([
      { filas: 1_000 },
    ]);
  });
});
