import { beforeEach, describe, expect, it } from '@jest/globals';
import { askedOf, outcomes } from './expectations.ts';
import { ALMACENES, TIENDAS } from './pipeline-run.ts';
import { useWatchedWorld } from './watched-world.ts';

const world = await useWatchedWorld();
beforeEach(async () => {
  await world.reset();
  await world.run();
  world.klk.requests.splice(0);
});

const ONE_AT_A_TIME = { klk: { concurrency: 1 } };

describe('A KLK of which two warehouses in a row did not answer', () => {
  it('The warehouses not asked yet fail at once with KLK_CAIDA', async () => {
    for (const almacen of ALMACENES) world.klk.setFault(almacen, 'reset');
    expect(outcomes(await world.run(ONE_AT_A_TIME))).toEqual({
      AAA: 'KLK_CORTADA',
      BBB: 'KLK_CORTADA',
      CCC: 'KLK_CAIDA',
    });
    expect(askedOf(world)).toEqual(['AAA', 'BBB']);
  });

  it('The other warehouses load when one alone fails, however often', async () => {
    world.klk.setFault('AAA', 'reset');
    expect(outcomes(await world.run({ klk: { concurrency: 1, retries: 1 } }))).toEqual({
      AAA: 'KLK_CORTADA',
      BBB: 'cargado',
      CCC: 'cargado',
    });
  });

  it('All warehouses are asked when one between the two answered', async () => {
    world.klk.setFault('AAA', 'reset');
    world.klk.setFault('CCC', 'reset');
    expect(outcomes(await world.run(ONE_AT_A_TIME))).toEqual({
      AAA: 'KLK_CORTADA',
      BBB: 'cargado',
      CCC: 'KLK_CORTADA',
    });
  });

  it('All warehouses are asked when the failures are answers with an error status', async () => {
    for (const almacen of ['AAA', 'BBB']) world.klk.setFault(almacen, '500');
    expect(outcomes(await world.run(ONE_AT_A_TIME))).toEqual({
      AAA: 'KLK_ERROR_SERVIDOR',
      BBB: 'KLK_ERROR_SERVIDOR',
      CCC: 'cargado',
    });
  });

  it('A run of twenty warehouses over a silent KLK takes the time of a few, not of twenty', async () => {
    const almacenes = Array.from({ length: 20 }, (_, n) => ({ codigo: `SILENCIO-${n}`, nombre: 'PISO' }));
    for (const { codigo } of almacenes) world.klk.setFault(codigo, 'sin-cabeceras');
    const { duracionMs } = await world.run({
      tiendas: TIENDAS.slice(0, 1).map((tienda) => ({ ...tienda, almacenes })),
      klk: { timeoutMs: 500, retries: 1 },
    });
    expect(duracionMs).toBeLessThan(20 * 500);
    expect(world.klk.requests.length).toBeLessThan(10);
  });
});
