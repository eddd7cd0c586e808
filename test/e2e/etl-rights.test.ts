import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { scheduledEvent } from '../../bin/program/invoke-locally.ts';
import { readMovimiento } from '../../bin/queries/read-movimiento.ts';
import { readRechazos } from '../../bin/queries/read-rechazos.ts';
import { ETL_FUNCTIONS, ETL_TABLE_RIGHTS } from '../../lambdas/core/config/etl-rights.ts';
import { addDias, diaAt } from '../../lambdas/core/time/dia.ts';
import { handler as ventas } from '../../lambdas/ventas-klk/handler.ts';
import { CATALOGO, askQuestion, useWorld } from '../support/world.ts';

/** Every right of the pipeline's user, as GRANT and REVOKE name it. */
const RIGHTS = [
  'USAGE ON SCHEMA public',
  ...Object.entries(ETL_TABLE_RIGHTS).flatMap(([tabla, rights]) =>
    rights.map((right) => `${right} ON ${tabla}`),
  ),
  ...ETL_FUNCTIONS.map((funcion) => `EXECUTE ON FUNCTION ${funcion}`),
];

/** Without USAGE of the schema its tables are not found. */
const MISSING = /permission denied|42501|BD_PERMISO|BD_SIN_MIGRAR/;

const world = await useWorld();

beforeAll(async () => {
  // PUBLIC loses its rights on the schema and its functions, so that only the user's own rights count.
  await world.database.query('REVOKE USAGE ON SCHEMA public FROM PUBLIC');
  for (const funcion of ETL_FUNCTIONS) {
    await world.database.query(`REVOKE EXECUTE ON FUNCTION ${funcion} FROM PUBLIC`);
  }
});

beforeEach(async () => {
  await world.reset();
  world.klk.setFault('TTZ', 'fila-mala');
  world.klk.setFault(SUCURSAL, 'cantidad-ilegible');
});

/** The branch of TTZ. */
const SUCURSAL = CATALOGO.find(({ id }) => id === 'tienda_20')?.sucursalKlk ?? '';

/** A run of the sales of one day and store. */
const SALES = { tiendas: ['tienda_20'], desde: addDias(diaAt(new Date()), -1) };

/** All that runs and the questions about them write to their output: two loads, the second of which replaces, a refused row, and sales. */
async function useEverything(): Promise<string> {
  const sales = await world.invoke(SALES, { lambda: ventas });
  const first = await world.invoke(scheduledEvent());
  const second = await world.invoke(scheduledEvent());
  const estado = await world.invoke({ accion: 'estado' });
  const questions = await askQuestion(world.database, async (client) => {
    await readRechazos(client, ['TTZ']);
    await readMovimiento(client);
    // Also read what `npm run local` shows, what the diagnosis checks, and what a person may read with this user.
    for (const tabla of [
      'inventario_actual',
      'inventario_historico',
      'ventas_por_dia',
      'cobertura_ventas',
      'ventas_rechazos',
      'ventas_default',
      'descuadres',
      'descuadres_intervalos',
    ])
      await client.query(`SELECT FROM ${tabla} LIMIT 10`);
  }).then(() => '', String);
  return [sales, first, second, estado]
    .map(({ output, thrown }) => output + String(thrown))
    .concat(questions)
    .join('\n');
}

it("The rights of the pipeline's user suffice for a run and the questions", async () => {
  expect(await useEverything()).not.toMatch(MISSING);
});

describe("A run or a question is refused when the pipeline's user lacks this right", () => {
  let revoked: string | undefined;

  afterEach(async () => {
    if (revoked !== undefined) await world.database.query(`GRANT ${revoked} TO etl`);
  });

  it.each(RIGHTS)('%s', async (right) => {
    revoked = right;
    await world.database.query(`REVOKE ${right} FROM etl`);

    expect(MISSING.test(await useEverything())).toBe(true);
  });
});
