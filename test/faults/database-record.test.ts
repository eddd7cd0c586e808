import { beforeEach, describe, expect, it } from '@jest/globals';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import { createMeta } from '../../local/klk-simulator/answer.ts';
import { answering, answeringRows, codigo, existencias, toFilas } from './klk-answers.ts';
import { everywhere, outcomes } from './expectations.ts';
import { ALMACENES, ONE_STORE } from './pipeline-run.ts';
import { useWatchedWorld } from './watched-world.ts';

const world = await useWatchedWorld();
const { database, klk } = world;
beforeEach(() => world.reset());

const [FIRST, ...OTHERS] = toFilas(existencias('AAA', 1));
const WITHOUT_FIRST = new Map([...existencias('AAA', 1)].slice(1));

describe('What a run records about itself', () => {
  it('A record that cannot be written delays no load, and the log says that it is missing', async () => {
    world.loseRecords();
    const other = await database.openSession();
    await other.query('BEGIN; LOCK TABLE etl_ejecucion_almacenes IN ACCESS EXCLUSIVE MODE');

    const [run] = await world.watch(async () => {
      const ended = await world.start({ klk: { concurrency: 1 } });
      await other.end();
      return [ended];
    });

    expect(outcomes(run?.resumen)).toEqual(everywhere('cargado'));
    const waits = run?.resumen?.tiendas.flatMap(({ almacenes }) => almacenes.map(({ ms }) => ms.carga));
    expect(Math.max(...(waits ?? []))).toBeLessThan(2_000);
    const missing = world.lines().filter(({ message }) => message === MENSAJES_ALMACEN.sinRegistrar);
    expect(missing).toHaveLength(ALMACENES.length);
  });

  it('The record is written although the deadline ended the load', async () => {
    await world.run();
    const other = await database.openSession();
    await other.query(`BEGIN; SELECT FROM almacenes WHERE codigo = 'AAA' FOR UPDATE`);
    world.serveVersion(2, ['AAA']);

    const [run] = await world.watch(async () => {
      const ended = await world.start({ ...ONE_STORE, limitMs: 2_500 });
      await other.end();
      return [ended];
    });

    expect(outcomes(run?.resumen)).toEqual({ AAA: 'SIN_TIEMPO' });
  });

  it('The record is complete although a rejected row holds 20,000 nested lists', async () => {
    const deep = `{"Codigo":"${codigo(1)}","stock":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const rows = [deep, ...OTHERS.map((fila) => JSON.stringify(fila))];
    const meta = JSON.stringify(createMeta(['AAA'], rows.length));
    klk.setFault('AAA', answering(Buffer.from(`{"meta":${meta},"articulos":[${rows.join()}]}`)));
    world.expectLoad('AAA', WITHOUT_FIRST);

    expect(outcomes(await world.run())).toEqual(everywhere('cargado'));
    expect(await database.query('SELECT producto_codigo FROM etl_rechazos')).toEqual([
      { producto_codigo: codigo(1) },
    ]);
  });

  it('The counts of a warehouse are recorded although its rejected rows cannot be', async () => {
    await database.query('ALTER TABLE etl_rechazos ADD CONSTRAINT prueba CHECK (false) NOT VALID');
    world.loseRecords();
    klk.setFault('AAA', answeringRows([{ ...FIRST, stock: 'abc' }, ...OTHERS]));
    world.expectLoad('AAA', WITHOUT_FIRST);

    const resumen = await world.run();
    await database.query('ALTER TABLE etl_rechazos DROP CONSTRAINT prueba');

    expect(outcomes(resumen)).toEqual(everywhere('cargado'));
    expect(
      await database.query('SELECT almacen_codigo, rechazados FROM etl_ejecucion_almacenes ORDER BY 1'),
    ).toEqual([
      { almacen_codigo: 'AAA', rechazados: 1 },
      { almacen_codigo: 'BBB', rechazados: 0 },
      { almacen_codigo: 'CCC', rechazados: 0 },
    ]);
    const missing = world.lines().filter(({ message }) => message === MENSAJES_ALMACEN.rechazosSinRegistrar);
    expect(missing).toHaveLength(1);
  });

  it('A run keeps a thousand rejected rows and no more', async () => {
    for (const almacen of ['AAA', 'BBB']) {
      const filas = toFilas(existencias(almacen, 1));
      const bad = Array.from({ length: 600 }, (_, index) => ({
        ...filas[0],
        Codigo: codigo(1_000 + index),
        stock: 'abc',
      }));
      klk.setFault(almacen, answeringRows([...filas, ...bad]));
    }

    expect(outcomes(await world.run({ forzar: true }))).toEqual(everywhere('cargado'));
    expect(await database.query('SELECT count(*)::integer AS filas FROM etl_rechazos')).toEqual([
      { filas: 1_000 },
    ]);
  });
});
