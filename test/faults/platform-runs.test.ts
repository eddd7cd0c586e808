import { beforeEach, describe, expect, it } from '@jest/globals';
import { scheduledEvent } from '../../bin/program/invoke-locally.ts';
import { FLUJOS } from '../../lambdas/core/run/flujo.ts';
import { holdAnswer } from './klk-answers.ts';
import { ACTIVAS, almacenesOf } from '../support/world.ts';
import { useWatchedWorld } from './watched-world.ts';

const world = await useWatchedWorld(ACTIVAS);
const { database, klk } = world;
beforeEach(() => world.reset());

const ALMACENES = almacenesOf(ACTIVAS);
const [FIRST = ''] = ALMACENES;

describe('Several invocations', () => {
  it('A second run at the same time asks KLK nothing and says which run is under way since when', async () => {
    const event = scheduledEvent();
    const answer = holdAnswer();
    klk.setFault(FIRST, answer.behaviour, 1);
    const [omitted, worked] = await world.watch(async () => {
      const working = world.startHandler(event);
      await answer.asked;
      const second = await world.startHandler(event);
      answer.release();
      return [second, await working];
    });
    expect(worked?.resumen?.estado).toBe('exitosa');
    expect(omitted?.resumen).toMatchObject({ estado: 'omitida', tiendas: [] });
    const { ejecucionId = '' } = worked?.resumen ?? {};
    const [holder] = await database.query('SELECT inicio FROM etl_ejecuciones WHERE id = $1', [ejecucionId]);
    const inicio = holder?.['inicio'];
    expect(omitted?.resumen?.motivo).toBe(
      `La ejecución ${ejecucionId} (programada) está en curso desde ${inicio instanceof Date ? inicio.toISOString() : ''}`,
    );
    expect(klk.requests).toHaveLength(ALMACENES.length);
  });

  it('A repeated or an old event loads what KLK has now', async () => {
    const event = scheduledEvent();
    const old = { ...scheduledEvent(), time: '2020-01-01T00:00:00Z' };
    for (const [index, again] of [event, event, old].entries()) {
      world.serveVersion(2 + index);
      const [run] = await world.watch(async () => [await world.startHandler(again)]);
      expect(run?.resumen?.estado).toBe('exitosa');
    }
  });

  it('A run is omitted while a session that is no run holds the lock, and says which session and how to end it', async () => {
    await database.query(
      `INSERT INTO etl_ejecuciones (id, origen, inicio) VALUES (gen_random_uuid(), 'programada', now())`,
    );
    const holder = await database.openSession(database.admin, 'consola');
    const [{ pid } = {}] = await holder.query(
      'SELECT pg_backend_pid() AS pid, pg_advisory_lock($1::bigint)',
      [FLUJOS.inventario.lockKey],
    );
    const [run] = await world.watch(async () => {
      const omitted = await world.startHandler(scheduledEvent());
      await database.query('SELECT pg_terminate_backend($1)', [pid]);
      return [omitted];
    });
    expect(run?.resumen).toMatchObject({
      estado: 'omitida',
      tiendas: [],
      motivo: `El turno lo tiene una sesión que no es una ejecución: usuario ${database.admin.user}, aplicación «consola», pid ${String(pid)}, desde cuándo no lo puede ver este usuario; si no debe tenerlo, un administrador la cierra con SELECT pg_terminate_backend(${String(pid)})`,
    });
    expect(klk.requests).toEqual([]);
  });
});
