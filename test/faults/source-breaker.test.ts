import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { simulated } from '../support/faulty-klk.ts';
import { ALMACENES } from '../support/pipeline-run.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { outcomes } from './kept.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(async () => {
  await scene.reset();
  await scene.run();
  scene.klk.requests = [];
});
afterAll(() => scene.close());

const ONE_AT_A_TIME = { klk: { concurrency: 1 } };

describe('the breaker: connection-level failures of two different warehouses in a row', () => {
  it('reports the rest as KLK_CAIDA at once', async () => {
    for (const almacen of ALMACENES) scene.klk.fail(almacen, simulated('reset'));
    expect(outcomes(await scene.run(ONE_AT_A_TIME))).toEqual({
      AAA: 'KLK_CORTADA',
      BBB: 'KLK_CORTADA',
      CCC: 'KLK_CAIDA',
    });
    expect(scene.klk.requests.map(({ almacen }) => almacen)).toEqual(['AAA', 'BBB']);
  });

  it('stays closed while one warehouse alone fails, however often', async () => {
    scene.klk.fail('AAA', simulated('reset'));
    expect(outcomes(await scene.run({ klk: { concurrency: 1, retries: 1 } }))).toEqual({
      AAA: 'KLK_CORTADA',
      BBB: 'cargado',
      CCC: 'cargado',
    });
  });

  it('stays closed when an answer lies between the two', async () => {
    scene.klk.fail('AAA', simulated('reset'));
    scene.klk.fail('CCC', simulated('reset'));
    expect(outcomes(await scene.run(ONE_AT_A_TIME))).toEqual({
      AAA: 'KLK_CORTADA',
      BBB: 'cargado',
      CCC: 'KLK_CORTADA',
    });
  });

  it('is never opened by HTTP answers', async () => {
    for (const almacen of ['AAA', 'BBB']) scene.klk.fail(almacen, simulated('500'));
    expect(outcomes(await scene.run(ONE_AT_A_TIME))).toEqual({
      AAA: 'KLK_ERROR_SERVIDOR',
      BBB: 'KLK_ERROR_SERVIDOR',
      CCC: 'cargado',
    });
  });

  it('ends a run of twenty warehouses over a silent KLK in the time of a few, not of twenty', async () => {
    const almacenes = Array.from({ length: 20 }, (_, n) => ({
      codigo: `SILENCIO-${n}`,
      nombre: 'PISO DE VENTA',
    }));
    for (const { codigo } of almacenes) scene.klk.fail(codigo, simulated('sin-cabeceras'));
    const tienda: Tienda = {
      id: 'tienda_s',
      nombre: 'SILENCIO',
      tipo: 'tienda',
      activa: true,
      almacenes,
      sucursalKlk: 'SUC903',
    };
    const { duracionMs } = await scene.run({ tiendas: [tienda], klk: { timeoutMs: 200, retries: 1 } });
    expect(duracionMs).toBeLessThan(20 * 200);
    expect(scene.klk.requests.length).toBeLessThan(10);
  });
});
