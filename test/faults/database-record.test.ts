import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
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
    expect(scene.lines().filter(({ message }) => message === MENSAJES_ALMACEN.sinRegistrar)).toHaveLength(
      ALMACENES.length,
    );
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

  it('is complete whatever a refused row holds: 20,000 nested lists', async () => {
    await other.end();
    const [first, ...filas] = toFilas(existencias('AAA', 1));
    const deep = `{"Codigo":"${codigo(1)}","stock":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expect(first).toBeDefined();
    const rows = [deep, ...filas.map((fila) => JSON.stringify(fila))].join();
    const meta = JSON.stringify(createMeta(['AAA'], filas.length + 1));
    scene.klk.fail('AAA', answering(Buffer.from(`{"meta":${meta},"articulos":[${rows}]}`)));
    scene.expectLoad('AAA', new Map([...existencias('AAA', 1)].slice(1)));

    expect(outcomes(await scene.run())).toEqual(LOADED);
    expect(await scene.database.query('SELECT producto_codigo FROM etl_rechazos')).toEqual([
      { producto_codigo: codigo(1) },
    ]);
  });

  it('tells of the warehouse also when its refused rows cannot be kept', async () => {
    await other.end();
    await scene.database.query('ALTER TABLE etl_rechazos ADD CONSTRAINT prueba CHECK (false) NOT VALID');
    scene.loseRecords();
    const [first, ...filas] = toFilas(existencias('AAA', 1));
    const articulos = [{ ...first, stock: 'abc' }, ...filas];
    scene.klk.fail('AAA', answering({ meta: createMeta(['AAA'], articulos.length), articulos }));
    scene.expectLoad('AAA', new Map([...existencias('AAA', 1)].slice(1)));

    const resumen = await scene.run();
    await scene.database.query('ALTER TABLE etl_rechazos DROP CONSTRAINT prueba');

    expect(outcomes(resumen)).toEqual(LOADED);
    expect(
      await scene.database.query('SELECT almacen_codigo, rechazados FROM etl_ejecucion_almacenes ORDER BY 1'),
    ).toEqual([
      { almacen_codigo: 'AAA', rechazados: 1 },
      { almacen_codigo: 'BBB', rechazados: 0 },
      { almacen_codigo: 'CCC', rechazados: 0 },
    ]);
    expect(
      scene.lines().filter(({ message }) => message === MENSAJES_ALMACEN.rechazosSinRegistrar),
    ).toHaveLength(1);
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
