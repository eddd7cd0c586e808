import { expect } from '@jest/globals';
import type { CodigoError } from '../../lambdas/core/errors/codes.ts';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import type { Resumen, ResumenAlmacen } from '../../lambdas/inventario-klk/summary.ts';
import type { KlkBehaviour, KlkFaultSetting } from '../../local/klk-simulator/faults.ts';
import { answeringRows, codigo, existencias, toFilas } from './klk-answers.ts';
import type { Existencias } from './klk-answers.ts';
import { ALMACENES } from './pipeline-run.ts';
import type { RunOptions } from './pipeline-run.ts';
import type { WatchedWorld } from './watched-world.ts';

/** The outcome of each warehouse in a run: its error's code, or its state when it has none; empty when the run died. */
export const outcomes = (resumen: Resumen | undefined): Record<string, string> =>
  Object.fromEntries(
    (resumen?.tiendas ?? []).flatMap(({ almacenes }) =>
      almacenes.map(({ codigo, estado, error }) => [codigo, error?.codigo ?? estado]),
    ),
  );

/** The same outcome in every warehouse. */
export const everywhere = (outcome: string): Record<string, string> =>
  Object.fromEntries(ALMACENES.map((almacen) => [almacen, outcome]));

/** The statements of a run on the session that holds its lock: those of its turns at KLK. With that session the run ends. */
export const OF_THE_LOCK = /pg_try_advisory_lock|pg_advisory_unlock/;

/** One warehouse of a summary. */
export function almacenOf({ tiendas }: Resumen, codigo: string): ResumenAlmacen {
  const found = tiendas.flatMap(({ almacenes }) => almacenes).find((almacen) => almacen.codigo === codigo);
  if (found === undefined) throw new Error(`the summary does not name ${codigo}`);
  return found;
}

/** The warehouses that KLK was asked for, in order. */
export const askedOf = ({ klk }: WatchedWorld): string[] => klk.requests.flatMap(({ codigos }) => codigos);

/**
 * While KLK answers so for AAA, AAA fails with this code and keeps its rows, the others get version 2, and a dry run says the same.
 * Returns the message.
 */
export async function expectKept(
  world: WatchedWorld,
  fault: KlkFaultSetting | KlkBehaviour,
  codigo: CodigoError,
  options: RunOptions = {},
): Promise<string> {
  world.klk.setFault('AAA', fault);
  world.serveVersion(2, ['BBB', 'CCC']);
  const resumen = await world.run(options);
  expect(outcomes(resumen)).toEqual({ ...everywhere('cargado'), AAA: codigo });
  expect(resumen.estado).toBe('parcial');
  const simulacion = await world.run({ ...options, dryRun: true });
  // A dry run cannot see what is suspect only against the warehouse's own past.
  const dryOutcome = codigo.startsWith('SOSPECHOSO') ? 'simulado' : codigo;
  expect(outcomes(simulacion)).toEqual({ ...everywhere('simulado'), AAA: dryOutcome });
  return almacenOf(resumen, 'AAA').error?.mensaje ?? '';
}

/** Each of up to three faults strikes a warehouse once: the second attempt loads version 2. */
export async function expectRetried(
  world: WatchedWorld,
  faults: readonly (KlkFaultSetting | KlkBehaviour)[],
  options: RunOptions = {},
): Promise<void> {
  world.serveVersion(2);
  for (const [index, almacen] of ALMACENES.entries()) world.klk.setFault(almacen, faults[index], 1);
  const { estado } = await world.run({ ...options, klk: { ...options.klk, retries: 1 } });
  expect(estado).toBe('exitosa');
  const retries = world.lines().filter(({ message }) => message === MENSAJES_ALMACEN.reintento);
  expect(retries).toHaveLength(faults.length);
}

/** With retries, the failure is still asked for once only. */
export async function expectNotRetried(
  world: WatchedWorld,
  fault: KlkFaultSetting | KlkBehaviour,
  codigo: CodigoError,
): Promise<void> {
  world.klk.requests.splice(0);
  await expectKept(world, fault, codigo, { klk: { retries: 2 } });
  // Once by the run, once by the dry run.
  expect(askedOf(world).filter((almacen) => almacen === 'AAA')).toHaveLength(2);
}

/** The article whose row is bad. */
export const FIRST = codigo(1);

/** Version 2 of AAA. */
export const NUEVA: Existencias = existencias('AAA', 2);

/** Version 2 of AAA, but the first article still has the stock of version 1. */
export const FIRST_KEPT: Existencias = new Map([...NUEVA, [FIRST, existencias('AAA', 1).get(FIRST) ?? 0]]);

/** KLK sends version 2 of AAA with its first row turned into these; the run is well, and AAA holds `brings`. */
export async function loadFirstRow(
  world: WatchedWorld,
  change: (fila: Record<string, unknown>) => readonly unknown[],
  brings: Existencias,
): Promise<ResumenAlmacen> {
  const [first, ...others] = toFilas(NUEVA);
  world.klk.setFault('AAA', answeringRows([...change({ ...first }), ...others]));
  world.expectLoad('AAA', brings);
  const resumen = await world.run();
  expect(resumen.estado).toBe('exitosa');
  return almacenOf(resumen, 'AAA');
}

/** How the first article's row stands. */
export const readFirstRow = async ({ database }: WatchedWorld): Promise<unknown> =>
  (
    await database.query(
      `SELECT * FROM inventario_actual WHERE almacen_codigo = 'AAA' AND producto_id = $1`,
      [FIRST],
    )
  )[0];

/** Why rows are in quarantine. */
export const readMotivos = async ({ database }: WatchedWorld): Promise<unknown[]> =>
  (await database.query('SELECT motivo FROM etl_rechazos')).map(({ motivo }) => motivo);
