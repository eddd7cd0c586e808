import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import type { Existencias } from './klk-answers.ts';
import { readRuns, readState } from './database-state.ts';
import { killSessionsOf } from './deaths.ts';
import { OF_THE_LOCK, everywhere, outcomes } from './expectations.ts';
import type { Ended } from './invariants.ts';
import { REFUSALS, allZero, hasStock, keepFirst, moveStock, withUnreadableFirst } from './inventory-model.ts';
import type { Step } from './inventory-model.ts';
import { startLateRun } from './late-run.ts';
import { ALMACENES } from './pipeline-run.ts';
import type { RunOptions } from './pipeline-run.ts';
import type { WatchedWorld } from './watched-world.ts';

/** What the database must hold. */
export interface Model {
  /** The stock of each warehouse that was ever loaded. */
  readonly stocks: Map<string, Existencias>;
  /** How each run that could open its row ended. */
  readonly runs: Map<string, string>;
}

/** Applies one event to the world and to the model. Fails when the outcome of the run differs from the model's. */
export async function take(world: WatchedWorld, model: Model, { seed, almacen, event }: Step): Promise<void> {
  const { stocks } = model;
  const next = new Map(ALMACENES.map((codigo) => [codigo, moveStock(codigo, stocks.get(codigo), seed)]));
  const served = next.get(almacen) ?? new Map<string, number>();

  const expectRun = async (outcome: string, more: RunOptions = {}): Promise<void> => {
    const expected = { ...everywhere('cargado'), [almacen]: outcome };
    const resumen = await world.run(more);
    expect(outcomes(resumen)).toEqual(expected);
    note(model, resumen);
    for (const [codigo, stock] of next) if (expected[codigo] === 'cargado') stocks.set(codigo, stock);
  };

  world.proxy.reset();
  for (const codigo of ALMACENES) world.klk.setFault(codigo, undefined);
  serve(world, next);
  switch (event.kind) {
    case 'good':
      return expectRun('cargado');
    case 'bad': {
      const [fault, codigo = ''] = REFUSALS[event.refusal] ?? [];
      world.klk.setFault(almacen, fault);
      return expectRun(codigo);
    }
    case 'suspicious': {
      const current = stocks.get(almacen);
      const believed = event.forced || (current !== undefined && !hasStock(current));
      next.set(almacen, allZero(served));
      serve(world, next);
      return expectRun(believed ? 'cargado' : 'SOSPECHOSO_CEROS', { forzar: event.forced });
    }
    case 'quarantine': {
      const kept = keepFirst(stocks.get(almacen), served);
      next.set(almacen, kept);
      world.klk.setFault(almacen, withUnreadableFirst(served));
      world.expectLoad(almacen, kept);
      return expectRun('cargado');
    }
    case 'cut':
      world.proxy.cut(event.statement, event.side);
      return settle(world, model, async () => {
        const ended = await world.start();
        const sql = world.proxy.statements()[event.statement - 1] ?? '';
        if (!OF_THE_LOCK.test(sql)) expect(outcomes(ended.resumen)).toEqual(everywhere('cargado'));
        return [ended];
      });
    case 'dry':
      expect(outcomes(await world.run({ dryRun: true }))).toEqual(everywhere('simulado'));
      return;
    case 'twice':
      return settle(world, model, async () => {
        const both = await Promise.all([world.start(), world.start()]);
        expect(both.map(({ resumen }) => resumen?.estado)).toContain('exitosa');
        return both;
      });
    case 'late':
      return settle(world, model, async () => {
        const late = await startLateRun(world);
        serve(
          world,
          // Moved once from what is held: two moves can be enough to be suspicious.
          new Map(ALMACENES.map((codigo) => [codigo, moveStock(codigo, stocks.get(codigo), seed + 1)])),
        );
        const newer = await world.start();
        const old = await late.finish();
        expect(outcomes(old.resumen)).toEqual(everywhere('SNAPSHOT_ANTIGUO'));
        return [newer, old];
      });
    case 'killed':
      return settle(world, model, async () => {
        const running = world.start();
        await sleep(event.delayMs);
        await killSessionsOf(world);
        return [await running];
      });
  }
}

const serve = (world: WatchedWorld, stocks: ReadonlyMap<string, Existencias>): void => {
  for (const [codigo, stock] of stocks) world.serve(codigo, stock);
};

/**
 * For runs whose outcome is not known beforehand: the world checks that every warehouse is old, or new if a run reports it, and the model
 * takes over the result.
 */
async function settle(world: WatchedWorld, model: Model, fn: () => Promise<readonly Ended[]>): Promise<void> {
  const before = await readState(world.database);
  const runs = await world.watch(fn);
  const after = await readState(world.database);
  for (const [codigo, { extraccion, existencias }] of after) {
    const old = before.get(codigo)?.extraccion;
    if (extraccion?.getTime() !== old?.getTime()) model.stocks.set(codigo, existencias);
  }
  const recorded = await readRuns(world.database);
  for (const resumen of runs.flatMap((run) => run.resumen ?? [])) {
    const found = recorded.get(resumen.ejecucionId);
    if (found !== undefined) note(model, resumen, found === 'en_curso' ? found : resumen.estado);
  }
}

/** A run that opened its row closed those of the runs that died. */
function note({ runs }: Model, { ejecucionId, estado }: Resumen, as: string = estado): void {
  for (const [id, known] of runs) if (known === 'en_curso') runs.set(id, 'abandonada');
  runs.set(ejecucionId, as);
}
