import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FLUJOS } from '../../lambdas/core/run/flujo.ts';
import { withAdvisoryLock } from '../support/advisory-lock.ts';
import { existencias } from '../support/existencias.ts';
import { holdAnswer } from '../support/faulty-klk.ts';
import { ACTIVOS, createHandlerScene } from '../support/handler-scene.ts';
import type { HandlerScene } from '../support/handler-scene.ts';
import { scheduledEvent } from '../../bin/commands/invoke-locally.ts';
import { readEverything } from '../support/database-state.ts';

let scene: HandlerScene;
beforeAll(async () => {
  scene = await createHandlerScene();
});
beforeEach(() => scene.reset());
afterAll(() => scene.close());

const [FIRST = ''] = ACTIVOS;

describe('two runs at once, the same event twice, an old event late', () => {
  it('lets one work; the other asks KLK nothing and says who holds the turn since when', async () => {
    const event = scheduledEvent();
    const answer = holdAnswer();
    scene.klk.fail(FIRST, answer.behaviour, 1);
    const { runs } = await scene.watch(async () => {
      const working = scene.invoke(event);
      await answer.asked;
      const asked = scene.klk.requests.length;
      const turnedAway = await scene.invoke(event);
      expect(scene.klk.requests.length).toBeLessThanOrEqual(Math.max(asked, ACTIVOS.length));
      answer.release();
      return [turnedAway, await working];
    });
    const [turnedAway, worked] = runs.map(({ resumen }) => resumen);
    expect(worked?.estado).toBe('exitosa');
    expect(turnedAway).toMatchObject({ estado: 'omitida', tiendas: [] });
    const [holder] = await scene.database.query('SELECT inicio FROM etl_ejecuciones WHERE id = $1', [
      worked?.ejecucionId,
    ]);
    const inicio = holder?.['inicio'];
    expect(turnedAway?.motivo).toBe(
      `La ejecución ${worked?.ejecucionId ?? ''} (programada) está en curso desde ${inicio instanceof Date ? inicio.toISOString() : ''}`,
    );
    expect(scene.klk.requests).toHaveLength(ACTIVOS.length);
  });

  it('is simply a new run when the first has finished, and an old event brings what KLK has now', async () => {
    const event = scheduledEvent();
    const old = { ...scheduledEvent(), time: '2020-01-01T00:00:00Z' };
    for (const [index, again] of [event, event, old].entries()) {
      for (const almacen of ACTIVOS) scene.serve(almacen, existencias(almacen, 2 + index));
      const { runs } = await scene.watch(async () => [await scene.invoke(again)]);
      expect(runs[0]?.resumen?.estado).toBe('exitosa');
    }
  });
});

describe('somebody who is no run holds the turn', () => {
  it('turns a run away that names who that is, not the run that died last, and how to end it', async () => {
    await scene.database.query(
      `INSERT INTO etl_ejecuciones (id, origen, inicio) VALUES (gen_random_uuid(), 'programada', now())`,
    );
    const { runs } = await withAdvisoryLock(scene.database.admin, FLUJOS.inventario.candado, (pid) =>
      scene.watch(async () => {
        const turnedAway = await scene.invoke(scheduledEvent());
        expect(turnedAway.resumen?.motivo).toBe(
          `El turno lo tiene una sesión que no es una ejecución: usuario ${scene.database.admin.user}, aplicación «consola», pid ${pid}, desde cuándo no lo puede ver este usuario; si no debe tenerlo, un administrador la cierra con SELECT pg_terminate_backend(${pid})`,
        );
        await scene.database.query('SELECT pg_terminate_backend($1)', [pid]);
        return [turnedAway];
      }),
    );
    expect(runs[0]?.resumen).toMatchObject({ estado: 'omitida', tiendas: [] });
    expect(scene.klk.requests).toEqual([]);
  });
});

describe('payload: null, list, text, unknown keys, wrong types, unknown store, 10,000 stores', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['a text', 'tienda_01'],
    ['an unknown key', { dryrun: true }],
    ['a wrong type', { dryRun: 'false' }],
    ['an empty list of stores', { tiendas: [] }],
    ['an unknown store', { tiendas: ['tienda_01', 'tienda_99'] }],
    ['an inactive store', { tiendas: ['tienda_15'] }],
    ['10,000 stores', { tiendas: Array.from({ length: 10_000 }, (_, n) => `tienda_${n + 100}`) }],
    ['forzar without stores', { forzar: true }],
    ['a question with more to it', { accion: 'estado', dryRun: true }],
    [
      'an event of somebody else',
      { source: 'aws.s3', 'detail-type': 'Object Created', id: '1', time: 'hoy' },
    ],
  ])('is refused whole, before any work: %s', async (_what, event) => {
    const before = await readEverything(scene.database);
    scene.secrets.calls = [];
    const { thrown, resumen } = await scene.invoke(event);
    expect(String(thrown)).toMatch(/^SolicitudInvalida: .*Tiendas válidas: tienda_01/s);
    expect(String(thrown).length).toBeLessThan(10_000);
    expect(resumen).toBeUndefined();
    expect(scene.secrets.calls).toEqual([]);
    expect(scene.klk.requests).toEqual([]);
    expect(await readEverything(scene.database)).toBe(before);
    await scene.database.expectNoTrace();
  });
});
