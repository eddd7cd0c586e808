import { expect } from '@jest/globals';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import type { CodigoError } from '../../lambdas/core/errors/codes.ts';
import type { Resumen, ResumenAlmacen } from '../../lambdas/inventario-klk/summary.ts';
import { existencias } from '../support/existencias.ts';
import { simulated } from '../support/faulty-klk.ts';
import type { Behaviour } from '../support/faulty-klk.ts';
import type { RunOptions } from '../support/pipeline-run.ts';
import type { KlkFault } from '../../local/klk-simulator/faults.ts';
import type { Scene } from '../support/run-harness.ts';

/** How each warehouse left a run: its error's code, or its state when it has none. */
export const outcomes = ({ tiendas }: Resumen): Record<string, string> =>
  Object.fromEntries(
    tiendas.flatMap(({ almacenes }) =>
      almacenes.map(({ codigo, estado, error }) => [codigo, error?.codigo ?? estado]),
    ),
  );

/** One warehouse of a summary. */
export function almacenOf({ tiendas }: Resumen, codigo: string): ResumenAlmacen {
  const found = tiendas.flatMap(({ almacenes }) => almacenes).find((almacen) => almacen.codigo === codigo);
  if (found === undefined) throw new Error(`the summary does not name ${codigo}`);
  return found;
}

/**
 * While AAA misbehaves it fails with this code and keeps its rows, the others get version 2, and a dry run says the same.
 * Returns the message.
 */
export async function expectKept(
  scene: Scene,
  behaviour: KlkFault | Behaviour,
  codigo: CodigoError,
  options: RunOptions = {},
): Promise<string> {
  scene.klk.fail('AAA', typeof behaviour === 'string' ? simulated(behaviour) : behaviour);
  for (const almacen of ['BBB', 'CCC']) scene.serve(almacen, existencias(almacen, 2));
  const resumen = await scene.run(options);
  expect(outcomes(resumen)).toEqual({ AAA: codigo, BBB: 'cargado', CCC: 'cargado' });
  expect(resumen.estado).toBe('parcial');
  const simulacion = await scene.run({ ...options, dryRun: true });
  // What is suspicious only against the warehouse's own past, a dry run cannot know.
  const dryOutcome = codigo.startsWith('SOSPECHOSO') ? 'simulado' : codigo;
  expect(outcomes(simulacion)).toEqual({ AAA: dryOutcome, BBB: 'simulado', CCC: 'simulado' });
  return almacenOf(resumen, 'AAA').error?.mensaje ?? '';
}

/** Each of up to three behaviours strikes a warehouse once: the second attempt loads version 2. */
export async function expectRetried(
  scene: Scene,
  behaviours: readonly (KlkFault | Behaviour)[],
  options: RunOptions = {},
): Promise<void> {
  const almacenes = ['AAA', 'BBB', 'CCC'];
  for (const [index, almacen] of almacenes.entries()) {
    const behaviour = behaviours[index];
    if (behaviour !== undefined)
      scene.klk.fail(almacen, typeof behaviour === 'string' ? simulated(behaviour) : behaviour, 1);
    scene.serve(almacen, existencias(almacen, 2));
  }
  const { estado } = await scene.run({ ...options, klk: { ...options.klk, retries: 1 } });
  expect(estado).toBe('exitosa');
  expect(scene.lines().filter(({ message }) => message === MENSAJES_ALMACEN.reintento)).toHaveLength(
    behaviours.length,
  );
}

/** With retries, the failure is still asked for once only. */
export async function expectNotRetried(
  scene: Scene,
  behaviour: KlkFault | Behaviour,
  codigo: CodigoError,
): Promise<void> {
  scene.klk.requests = [];
  await expectKept(scene, behaviour, codigo, { klk: { retries: 2 } });
  // Once by the run, once by the dry run.
  expect(scene.klk.requests.filter(({ almacen }) => almacen === 'AAA')).toHaveLength(2);
}
