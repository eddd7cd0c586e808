import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import { readState } from '../support/database-state.ts';
import type { Existencias } from '../support/existencias.ts';
import { killSessionsOf } from '../support/kills.ts';
import { startLateRun } from '../support/late-run.ts';
import { ALMACENES } from '../support/pipeline-run.ts';
import type { RunOptions } from '../support/pipeline-run.ts';
import type { Ended, Scene } from '../support/run-harness.ts';
import { REFUSALS, allZero, hasStock, keepFirst, moveStock, withUnreadableFirst } from './inventory-model.ts';
import type { Step } from './inventory-model.ts';
import { outcomes } from './kept.ts';

/** What everybody should believe. */
export interface Model {
  /** The stock of each warehouse that was ever loaded. */
  readonly stocks: Map<string, Existencias>;
  /** How each run that could open its row ended. */
  readonly runs: Map<string, string>;
}

const everywhere = (outcome: string): Record<string, string> =>
  Object.fromEntries(ALMACENES.map((almacen) => [almacen, outcome]));

/** Lets one thing happen to the scene and to the model. Fails where the run comes to something else than the model says. */
export async function take(scene: Scene, model: Model, { seed, almacen, event }: Step): Promise<void> {
  const { stocks } = model;
  const next = new Map(ALMACENES.map((codigo) => [codigo, moveStock(codigo, stocks.get(codigo), seed)]));
  const served = next.get(almacen) ?? new Map<string, number>();
  const options: RunOptions = {};

  const expectRun = async (outcome: string, more: RunOptions = {}): Promise<void> => {
    const expected = { ...everywhere('cargado'), [almacen]: outcome };
    const resumen = await scene.run({ ...options, ...more });
    expect(outcomes(resumen)).toEqual(expected);
    note(model, resumen);
    for (const [codigo, stock] of next) if (expected[codigo] === 'cargado') stocks.set(codigo, stock);
  };

  scene.proxy.reset();
  for (const codigo of ALMACENES) scene.klk.fail(codigo, undefined);
  serve(scene, next);
  switch (event.kind) {
    case 'good':
      return expectRun('cargado');
    case 'bad': {
      const refusal = REFUSALS[event.refusal];
      scene.klk.fail(almacen, refusal?.behaviour);
      return expectRun(refusal?.codigo ?? '');
    }
    case 'suspicious': {
      const current = stocks.get(almacen);
      const believed = event.forced || (current !== undefined && !hasStock(current));
      next.set(almacen, allZero(served));
      serve(scene, next);
      return expectRun(believed ? 'cargado' : 'SOSPECHOSO_CEROS', { forzar: event.forced });
    }
    case 'quarantine': {
      const kept = keepFirst(stocks.get(almacen), served);
      next.set(almacen, kept);
      scene.klk.fail(almacen, withUnreadableFirst(almacen, served));
      scene.expectLoad(almacen, kept);
      return expectRun('cargado');
    }
    case 'cut':
      scene.proxy[event.side](event.statement);
      return expectRun('cargado');
    case 'dry':
      expect(outcomes(await scene.run({ ...options, dryRun: true }))).toEqual(everywhere('simulado'));
      return;
    case 'twice':
      return settle(scene, model, async () => {
        const both = await Promise.all([scene.start(options), scene.start(options)]);
        expect(both.map(({ resumen }) => resumen?.estado)).toContain('exitosa');
        return both;
      });
    case 'late':
      return settle(scene, model, async () => {
        const late = await startLateRun(scene);
        serve(
          scene,
          // Moved once from what is held: two moves can be enough to be suspicious.
          new Map(ALMACENES.map((codigo) => [codigo, moveStock(codigo, stocks.get(codigo), seed + 1)])),
        );
        const newer = await scene.start(options);
        const old = await late.finish();
        expect(old.resumen && outcomes(old.resumen)).toEqual(everywhere('SNAPSHOT_ANTIGUO'));
        return [newer, old];
      });
    case 'killed':
      return settle(scene, model, async () => {
        const running = scene.start(options);
        await sleep(event.delayMs);
        await killSessionsOf(scene);
        return [await running];
      });
  }
}

const serve = (scene: Scene, stocks: ReadonlyMap<string, Existencias>): void => {
  for (const [codigo, stock] of stocks) scene.serve(codigo, stock);
};

/**
 * For runs of which nobody can say beforehand how far each comes: the scene checks that every warehouse is old or new, and new where
 * a run says so; the model follows.
 */
async function settle(scene: Scene, model: Model, fn: () => Promise<readonly Ended[]>): Promise<void> {
  const before = await readState(scene.database);
  const { runs } = await scene.watch(fn);
  const after = await readState(scene.database);
  for (const [codigo, { ultimaExtraccion, existencias }] of after) {
    const old = before.get(codigo)?.ultimaExtraccion;
    if (ultimaExtraccion?.getTime() !== old?.getTime()) model.stocks.set(codigo, existencias);
  }
  const recorded = await readRuns(scene);
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

/** The run table: id to state. */
export const readRuns = async ({ database }: Scene): Promise<Map<string, string>> =>
  new Map(
    (await database.query('SELECT id::text, estado FROM etl_ejecuciones')).map(({ id, estado }) => [
      String(id),
      String(estado),
    ]),
  );
