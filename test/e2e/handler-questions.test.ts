import { beforeEach, describe, expect, it } from '@jest/globals';
import { scheduledEvent } from '../../bin/program/invoke-locally.ts';
import { ANTIGUEDAD_MAXIMA_HORAS, METRICAS } from '../../lambdas/core/config/contract.ts';
import { readAllVersions } from '../support/inventory.ts';
import { emittedValues } from '../support/output.ts';
import { ACTIVAS, useWorld } from '../support/world.ts';

const world = await useWorld();

beforeEach(() => world.reset());

/** The answer as Lambda sends it. */
async function ask(event: unknown, variables: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const { returned, thrown, output } = await world.invoke(event, { variables });
  if (Error.isError(thrown)) throw thrown;
  for (const canary of world.canaries) expect(`${output}${JSON.stringify(returned)}`).not.toContain(canary);
  return JSON.parse(JSON.stringify(returned));
}

describe('A question to the Lambda', () => {
  it('The diagnosis has every step, and loads nothing', async () => {
    const before = await readAllVersions(world.database);
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
    expect(world.klk.requests.map(({ metodo }) => metodo)).toEqual(['GET']);
  });

  it('The state has every active store, before and after a run', async () => {
    expect(await ask({ accion: 'estado' })).toMatchObject({
      ultimaEjecucion: null,
      almacenes: ACTIVAS.map(({ id }) => ({ tienda: id, atrasado: true, ultimaCarga: null })),
    });
    await world.invoke(scheduledEvent());
    expect(await ask({ accion: 'estado' })).toMatchObject({
      ultimaEjecucion: { estado: 'exitosa', origen: 'programada' },
      almacenes: ACTIVAS.map(({ id }) => ({ tienda: id, atrasado: false })),
    });
  });

  it('An inventory dated in the future is late in the state, and too old in the metric of the alarm', async () => {
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

  it('A diagnosis names a missing secret, and a question about the state fails because of it', async () => {
    const variables = { DB_SECRET_ARN: 'ninguno' };
    expect(await ask({ accion: 'diagnostico' }, variables)).toMatchObject({
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
    await expect(ask({ accion: 'estado' }, variables)).rejects.toMatchObject({
      codigo: 'SECRETO_INACCESIBLE',
    });
  });

  it.each([
    [{ accion: 'diagnóstico' }, 'accion: debe ser diagnostico o estado'],
    [{ accion: 'estado', dryRun: true }, 'dryRun'],
    [{ accion: null }, 'accion: debe ser diagnostico o estado'],
    [{ ...scheduledEvent(), accion: 'estado' }, 'detail-type'],
  ])('An event that is not exactly a question is refused: %j', async (event, problema) => {
    await expect(ask(event)).rejects.toMatchObject({
      name: 'SolicitudInvalida',
      message: expect.stringContaining(problema),
    });
  });
});
