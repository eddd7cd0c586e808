import { expect } from '@jest/globals';
import { createMeta } from '../../local/klk-simulator/answer.ts';
import type { ResumenAlmacen } from '../../lambdas/inventario-klk/summary.ts';
import { codigo, existencias, toFilas } from '../support/existencias.ts';
import type { Existencias } from '../support/existencias.ts';
import { answering } from '../support/faulty-klk.ts';
import type { Scene } from '../support/run-harness.ts';
import { almacenOf } from './kept.ts';

type Fila = Record<string, unknown>;

/** The article whose row misbehaves. */
export const FIRST = codigo(1);

/** Version 2 of AAA. */
export const nueva: Existencias = existencias('AAA', 2);

/** Version 2, but the first article still has the stock of version 1. */
export const firstKept: Existencias = new Map([...nueva, [FIRST, existencias('AAA', 1).get(FIRST) ?? 0]]);

/** KLK sends version 2 of AAA with its first row turned into these; the run is well, and AAA holds `brings`. */
export async function loadFirstRow(
  scene: Scene,
  change: (fila: Fila) => readonly unknown[],
  brings: Existencias,
): Promise<ResumenAlmacen> {
  const [first = {}, ...others]: Fila[] = toFilas(nueva).map((fila) => ({ ...fila }));
  const articulos = [...change(first), ...others];
  scene.klk.fail('AAA', answering({ meta: createMeta(['AAA'], articulos.length), articulos }));
  scene.expectLoad('AAA', brings);
  const resumen = await scene.run();
  expect(resumen.estado).toBe('exitosa');
  return almacenOf(resumen, 'AAA');
}

/** How the article's row stands. */
export const firstRow = async ({ database }: Scene): Promise<unknown> =>
  (
    await database.query('SELECT * FROM inventario_actual WHERE almacen_codigo = $1 AND producto_id = $2', [
      'AAA',
      FIRST,
    ])
  )[0];

/** Why rows are in quarantine. */
export const motivos = async ({ database }: Scene): Promise<unknown[]> =>
  (await database.query('SELECT motivo FROM etl_rechazos')).map(({ motivo }) => motivo);
