import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, expect, it } from '@jest/globals';
import { createLogger } from '../../lambdas/core/run/log.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { TunablesSchema, toTunables } from '../../lambdas/inventario-klk/config.ts';
import { runPipeline } from '../../lambdas/inventario-klk/pipeline.ts';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import { captureOutput } from '../support/output.ts';
import { ALTAMIRA, BELLO_MONTE } from '../support/ventas-run.ts';
import { useVentasScene } from '../support/ventas-scene.ts';

const TIENDAS = [ALTAMIRA, BELLO_MONTE].map((tienda) => ({
  ...tienda,
  almacenes: Array.from({ length: 6 }, (_, index) => ({
    codigo: index === 0 ? `PISO-${tienda.id.slice(-1)}` : `DEPOSITO-${tienda.id.slice(-1)}${index}`,
    nombre: 'PISO DE VENTA',
  })),
}));

/** KLK answers slowly, so that requests overlap. */
const scene = await useVentasScene({ tiendas: TIENDAS, latenciaMs: 20 });

beforeEach(() => scene.reset());

function runInventario(): Promise<Resumen> {
  const ejecucionId = randomUUID();
  return runPipeline({
    ejecucionId,
    solicitud: { origen: 'programada', dryRun: false, forzar: false, tiendas: TIENDAS },
    tunables: toTunables(TunablesSchema.parse({})),
    deadline: deadlineIn(30_000),
    logger: createLogger(ejecucionId, 'inventario'),
    readKlkSettings: () => Promise.resolve({ baseUrl: new URL(scene.klk.baseUrl), headers: {} }),
    readDatabaseSettings: () => Promise.resolve(scene.database.etl),
  });
}

/** A run that lasts some seconds, with the time of production for KLK: a busy machine answers late. */
const LONG = { tunables: { ventasDesde: '2026-11-05' }, klk: { timeoutMs: 60_000 } };

/** Waits for several runs at once, and drops their output. */
async function together<T extends readonly unknown[]>(run: () => Promise<T>): Promise<T> {
  const { outcome } = await captureOutput(run);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

it('Both pipelines run at the same time, and never ask KLK more than three questions at once', async () => {
  const [ventas, inventario] = await together(() => Promise.all([scene.run(), runInventario()]));

  expect([ventas.estado, inventario.estado]).toEqual(['exitosa', 'exitosa']);
  expect(scene.klk.maxConcurrent).toBe(3);
  expect(await scene.database.query('SELECT flujo, estado FROM etl_ejecuciones ORDER BY flujo')).toEqual([
    { flujo: 'inventario', estado: 'exitosa' },
    { flujo: 'ventas', estado: 'exitosa' },
  ]);
});

it('The inventory does not wait for the end of a long run of the sales', async () => {
  const ended: string[] = [];
  const [ventas, inventario] = await together(async () => {
    const long = scene.run(LONG).finally(() => ended.push('ventas'));
    await begun('ventas');
    const resumen = await runInventario().finally(() => ended.push('inventario'));
    return [await long, resumen] as const;
  });

  expect([ventas.estado, inventario.estado]).toEqual(['exitosa', 'exitosa']);
  expect(ended).toEqual(['inventario', 'ventas']);
});

/** Waits until a run of a pipeline is under way, and holds its lock. */
async function begun(flujo: string): Promise<void> {
  const sql = "SELECT FROM etl_ejecuciones WHERE flujo = $1 AND estado = 'en_curso'";
  while ((await scene.database.query(sql, [flujo])).length === 0) await setTimeout(10);
}

it('A second run of the same pipeline is omitted while the first works', async () => {
  const [first, second] = await together(() => Promise.all([scene.run(LONG), scene.start(LONG)]));

  expect([first.estado, second.estado].toSorted()).toEqual(['exitosa', 'omitida']);
  expect([first, second].find(({ estado }) => estado === 'omitida')?.motivo).toMatch(/^La ejecución/);
});
