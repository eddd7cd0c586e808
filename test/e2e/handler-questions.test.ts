import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { ANTIGUEDAD_MAXIMA_HORAS, METRICAS } from '../../lambdas/core/config/contract.ts';
import { emittedValues } from '../support/emitted-metrics.ts';
import { readAllVersions } from '../support/inventory-state.ts';
import { scheduledEvent } from '../../bin/commands/invoke-locally.ts';
import { startLambdaWorld } from '../support/lambda-world.ts';
import type { LambdaWorld } from '../support/lambda-world.ts';

let world: LambdaWorld;

beforeAll(async () => {
  world = await startLambdaWorld();
});

beforeEach(() => world.reset());

afterEach(() => world.database.expectNoTrace());

afterAll(() => world.close());

/** The answer as Lambda sends it. */
async function ask(event: unknown): Promise<unknown> {
  const { returned, thrown, output } = await world.invoke(event);
  if (Error.isError(thrown)) throw thrown;
  for (const canary of world.canaries) expect(`${output}${JSON.stringify(returned)}`).not.toContain(canary);
  return JSON.parse(JSON.stringify(returned));
}

describe('a question to the Lambda', () => {
  it('about the diagnosis is answered with every step, and loads nothing', async () => {
    const before = await readAllVersions(world.database);
    const asked = world.klk.requests.length;

    expect(await ask({ accion: 'diagnostico' })).toMatchObject({
      bien: true,
      pasos: expect.arrayContaining([
        expect.objectContaining({
          paso: 'bd-tls',
          estado: 'ok',
          detalle: expect.stringContaining('TLSv1.3'),
        }),
      ]),
    });
    expect(await readAllVersions(world.database)).toEqual(before);
    expect(world.klk.requests.slice(asked).map(({ metodo }) => metodo)).toEqual(['GET']);
  });

  it('about the state is answered with every active store, before and after a run', async () => {
    const activas = readCatalogo().filter(({ activa }) => activa);
    expect(await ask({ accion: 'estado' })).toMatchObject({
      ultimaEjecucion: null,
      almacenes: activas.map(({ id }) => ({ tienda: id, atrasado: true, ultimaCarga: null })),
    });
    await world.invoke(scheduledEvent());
    expect(await ask({ accion: 'estado' })).toMatchObject({
      ultimaEjecucion: { estado: 'exitosa', origen: 'programada' },
      almacenes: activas.map(({ id }) => ({ tienda: id, atrasado: false })),
    });
  });

  it('about the state calls no inventory of the future fresh, nor does the metric of the alarm', async () => {
    await world.invoke(scheduledEvent());
    await world.database.query(
      `UPDATE almacen_snapshots SET extraccion = now() + interval '1 minute' WHERE almacen_codigo = 'TTZ'`,
    );
    expect(await ask({ accion: 'estado' })).toMatchObject({
      almacenes: expect.arrayContaining([
        expect.objectContaining({
          almacen: 'TTZ',
          frescura: 'en el futuro',
          atrasado: true,
          antiguedadSegundos: null,
        }),
      ]),
    });
    const { output } = await world.invoke(scheduledEvent());
    const [age] = emittedValues(output, METRICAS.antiguedadMaxima);
    expect(age).toBeGreaterThan(ANTIGUEDAD_MAXIMA_HORAS * 3_600);
  });

  it('about a secret that is not there is answered: a diagnosis never throws', async () => {
    process.env['DB_SECRET_ARN'] = 'ninguno';
    expect(await ask({ accion: 'diagnostico' })).toMatchObject({
      bien: false,
      pasos: expect.arrayContaining([
        expect.objectContaining({
          paso: 'configuracion',
          estado: 'falla',
          detalle: expect.stringContaining('SECRETO_INACCESIBLE'),
        }),
        expect.objectContaining({ paso: 'klk-pisoventa', estado: 'ok' }),
        expect.objectContaining({ paso: 'bd-tcp', estado: 'omitido' }),
      ]),
    });
    await expect(ask({ accion: 'estado' })).rejects.toMatchObject({ codigo: 'SECRETO_INACCESIBLE' });
  });

  it.each([
    [{ accion: 'diagnóstico' }, 'accion: debe ser diagnostico o estado'],
    [{ accion: 'estado', dryRun: true }, 'dryRun'],
    [{ accion: null }, 'accion: debe ser diagnostico o estado'],
    [{ ...scheduledEvent(), accion: 'estado' }, 'detail-type'],
  ])('that is not exactly one is refused: %j', async (event, problema) => {
    await expect(ask(event)).rejects.toMatchObject({
      name: 'SolicitudInvalida',
      message: expect.stringContaining(problema),
    });
  });
});
