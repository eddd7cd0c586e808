import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  CONCURRENCIA_POR_DEFECTO,
  MAX_BYTES_POR_DEFECTO,
  MENSAJE_RESUMEN,
  memoryNeededMb,
} from '../../lambdas/core/config/contract.ts';
import { STAGES } from '../../lib/stages.ts';
import { sendBytes } from '../../local/klk-simulator/answer.ts';
import { invokeBundle, synthesizeDesarrollo } from './bundles.ts';
import type { BundleInvocation } from './bundles.ts';
import type { Row } from '../support/database.ts';
import { ACTIVAS, almacenesOf, useWorld } from '../support/world.ts';
import { worstAnswers } from './worst-answers.ts';

const ALMACENES = almacenesOf(ACTIVAS);

/** The least that any stage gives its function. */
const MEMORY_MB = Math.min(...Object.values(STAGES).map(({ memoryMb }) => memoryMb));

const stage = await synthesizeDesarrollo();
afterAll(() => stage.remove());
const world = await useWorld();
const { database, klk } = world;
beforeEach(async () => {
  // So many rows are deleted far more slowly.
  await database.query('TRUNCATE ubicaciones, productos, inventario_vigente, etl_ejecuciones CASCADE');
  await world.reset();
});

const run = (): Promise<BundleInvocation> => invokeBundle(stage.inventario, {}, world.lambdaEnv);

/** The warehouses of the summary, which a run logs even when the database has no time for its records. */
function readResumen(log: string): unknown[] {
  const [line = ''] = log.split('\n').filter((candidate) => candidate.includes(`"${MENSAJE_RESUMEN}"`));
  return Resumen.parse(JSON.parse(line)).tiendas.flatMap(({ almacenes }) => almacenes);
}

const Resumen = z.object({
  tiendas: z.array(z.object({ almacenes: z.array(z.object({ codigo: z.string() })) })),
});

const readEjecuciones = (): Promise<Row[]> =>
  database.query('SELECT FROM etl_ejecuciones WHERE fin IS NOT NULL');

const readEstados = (): Promise<Row[]> =>
  database.query(
    `SELECT almacen_codigo AS almacen, m.estado, m.error_codigo AS error
       FROM etl_ejecucion_almacenes m JOIN etl_ejecuciones e ON e.id = m.ejecucion_id AND e.fin IS NOT NULL
      ORDER BY almacen_codigo`,
  );

it.each(worstAnswers(MAX_BYTES_POR_DEFECTO))(
  'Five answers of $what stay within the memory of the function, and the run ends with its summary and record',
  async ({ body }) => {
    for (const codigo of ALMACENES)
      klk.setFault(
        codigo,
        (response) => {
          sendBytes(response, Buffer.from(body(codigo)));
        },
        1,
      );

    const { peakMb, log } = await run();

    expect(peakMb).toBeLessThan(MEMORY_MB);
    expect(readResumen(log)).toHaveLength(ALMACENES.length);
    expect(await readEjecuciones()).toHaveLength(1);
  },
);

it('Every stage has the memory that the formula asks for', () => {
  expect(memoryNeededMb(MAX_BYTES_POR_DEFECTO, CONCURRENCIA_POR_DEFECTO)).toBeLessThanOrEqual(MEMORY_MB);
});

it.each([
  ['of five million empty rows', `[${'{},'.repeat(4_999_999)}{}]`, 'KLK_DEMASIADO_GRANDE'],
  [
    'of as many empty rows as bytes are admitted',
    `[${'{},'.repeat(MAX_BYTES_POR_DEFECTO / 3 - 2)}{}]`,
    'KLK_DEMASIADO_GRANDE',
  ],
])('An answer %s fails its warehouse alone', async (_what, rows, error) => {
  const [sick = '', ...healthy] = ALMACENES;
  klk.setFault(
    sick,
    (response) => {
      sendBytes(response, Buffer.from(rows));
    },
    1,
  );

  const { peakMb } = await run();

  expect(peakMb).toBeLessThan(MEMORY_MB);
  expect(await readEstados()).toEqual(
    [
      { almacen: sick, estado: 'fallido', error },
      ...healthy.map((almacen) => ({ almacen, estado: 'cargado', error: null })),
    ].sort((a, b) => (a.almacen < b.almacen ? -1 : 1)),
  );
});
