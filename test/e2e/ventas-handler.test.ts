import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { diaAt } from '../../lambdas/core/time/dia.ts';
import { handler } from '../../lambdas/ventas-klk/handler.ts';
import { captureOutput } from '../support/output.ts';
import { expectLedgerTrue } from '../support/ventas-scene.ts';
import { ACTIVAS, useWorld } from '../support/world.ts';

const world = await useWorld();
const VENDEN = ACTIVAS.filter(({ tipo }) => tipo === 'tienda');
const HOY = diaAt(new Date());

beforeEach(async () => {
  await world.reset();
  for (const { sucursalKlk } of VENDEN) world.klk.setFault(sucursalKlk, undefined);
});

/** Calls the real handler of the sales as Lambda would. */
async function call(event: unknown, remainingMs = 300_000) {
  Object.assign(process.env, world.lambdaEnv, { POWERTOOLS_METRICS_NAMESPACE: 'Prueba' });
  const { outcome, output } = await captureOutput(() =>
    handler(event, { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => remainingMs }),
  );
  for (const canary of world.canaries) expect(output).not.toContain(canary);
  const told: { readonly returned: unknown; readonly thrown: unknown } =
    outcome.status === 'fulfilled'
      ? { returned: outcome.value, thrown: undefined }
      : { returned: undefined, thrown: outcome.reason };
  return { ...told, output };
}

const scheduled = {
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '111122223333',
  time: '2026-11-18T10:30:00Z',
  region: 'us-east-1',
  resources: [],
  detail: {},
};

describe('the handler of the sales', () => {
  it('A scheduled event loads the sales of all stores that sell, and publishes what the alarms wait for', async () => {
    const { returned, thrown, output } = await call(scheduled);

    expect(thrown).toBeUndefined();
    expect(returned).toMatchObject({
      origen: 'programada',
      estado: 'exitosa',
      totales: { tiendas: VENDEN.length, cargadas: VENDEN.length },
    });
    for (const metric of [
      'ProgramadaFallida',
      'CargaProgramada',
      'DiasIncompletos',
      'Rechazados',
      'LineasNuevas',
    ]) {
      expect(output).toContain(`"${metric}":`);
    }
    expect(output).toContain('"service":"ventas-klk"');
    await expectLedgerTrue(world.database);
  });

  it('Days asked for are read, and the summary names them', async () => {
    const { returned } = await call({ tiendas: [VENDEN[0]?.id], desde: HOY });

    expect(returned).toMatchObject({ desde: HOY, hasta: HOY, totales: { tiendas: 1, cargadas: 1 } });
  });

  it('A store whose sales cannot be read is named with its code, its days and what to do', async () => {
    const [sick] = VENDEN;
    world.klk.setFault(sick?.sucursalKlk ?? '', 'otra-sucursal');
    const { thrown } = await call({});

    expect(thrown).toMatchObject({
      name: 'EjecucionIncompleta',
      message: expect.stringMatching(
        new RegExp(`^1 de ${VENDEN.length} tiendas no quedó cargada\n- ${sick?.id} .*KLK_OTRA_SUCURSAL`),
      ),
    });
  });

  it.each([
    ['an unknown key', { dryrun: true }],
    ['a day of the future', { desde: '2999-01-01' }],
    ['forzar without days', { forzar: true, tiendas: [VENDEN[0]?.id] }],
  ])('%s is refused before anything is touched', async (_what, event) => {
    const { thrown } = await call(event);

    expect(thrown).toMatchObject({ name: 'SolicitudInvalida' });
    expect(world.klk.requests).toEqual([]);
  });

  it('The question for the state answers with the coverage of each store', async () => {
    await call({ tiendas: [VENDEN[0]?.id] });
    const { returned } = await call({ accion: 'estado' });

    expect(returned).toMatchObject({
      ultimaEjecucion: { estado: 'exitosa', tramosFallidos: 0 },
      tiendas: VENDEN.map(({ id }, index) => ({
        tienda: id,
        antiguedadSegundos: index === 0 ? expect.any(Number) : null,
        dias:
          index === 0
            ? expect.arrayContaining([expect.objectContaining({ dia: HOY, estado: 'provisional' })])
            : [],
      })),
    });
  });
});
