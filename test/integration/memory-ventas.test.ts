import { afterAll, beforeEach, expect, it } from '@jest/globals';
import {
  CONCURRENCIA_POR_DEFECTO,
  MAX_BYTES_POR_DEFECTO,
  MENSAJE_RESUMEN_VENTAS,
  memoryNeededVentasMb,
} from '../../lambdas/core/config/contract.ts';
import { STAGES } from '../../lib/stages.ts';
import { sendBytes } from '../../local/klk-simulator/answer.ts';
import { invokeBundle, synthesizeDesarrollo } from './bundles.ts';
import { ACTIVAS, useWorld } from '../support/world.ts';
import { worstVentas } from './worst-answers.ts';

/** The least that any stage gives its function. */
const MEMORY_MB = Math.min(...Object.values(STAGES).map(({ ventasMemoryMb }) => ventasMemoryMb));

const stage = await synthesizeDesarrollo();
afterAll(() => stage.remove());
const world = await useWorld();
const { database, klk } = world;
beforeEach(async () => {
  // So many rows are deleted far more slowly.
  await database.query('TRUNCATE ventas, ventas_tramos, ubicaciones, productos, etl_ejecuciones CASCADE');
  await world.reset();
});

it.each(worstVentas(MAX_BYTES_POR_DEFECTO))(
  'Two answers about the sales of each store, of $what, stay within the memory of the function, and the run ends with its summary and record',
  async ({ body }) => {
    for (const { sucursalKlk } of ACTIVAS) {
      klk.setFault(
        sucursalKlk,
        (response, { meta }) => {
          if ('sucursal_codigo' in meta) sendBytes(response, Buffer.from(body(meta)));
        },
        2,
      );
    }

    const { peakMb, log } = await invokeBundle(stage.ventas, {}, world.lambdaEnv);

    expect(peakMb).toBeLessThan(MEMORY_MB);
    expect(log).toContain(`"${MENSAJE_RESUMEN_VENTAS}"`);
    expect(await database.query('SELECT FROM etl_ejecuciones WHERE fin IS NOT NULL')).toHaveLength(1);
  },
);

it('Every stage has the memory that the formula for the sales asks for', () => {
  expect(memoryNeededVentasMb(MAX_BYTES_POR_DEFECTO, CONCURRENCIA_POR_DEFECTO)).toBeLessThanOrEqual(
    MEMORY_MB,
  );
});
