import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FLUJOS } from '../../lambdas/core/run/flujo.ts';
import type { Resumen } from '../../lambdas/ventas-klk/summary.ts';
import { holdAnswer } from './klk-answers.ts';
import { startTcpHop } from '../support/network.ts';
import { ALTAMIRA, BELLO_MONTE } from '../support/ventas-run.ts';
import type { VentasOptions } from '../support/ventas-run.ts';
import { AYER } from '../support/ventas-scene.ts';
import { OF_THE_LOCK } from './expectations.ts';
import { takeLockAway } from './late-run.ts';
import {
  ERRORS_OF_THE_SERVER,
  READING_OF_ALTAMIRA,
  forgetErrors,
  loadCommit,
  loadCommitAndReadBack,
  provokeDeadlock,
  provokeError,
  slowDownCommit,
} from './provoked-error.ts';
import { sellingAt, useWatchedVentas } from './watched-ventas.ts';

afterEach(() => forgetErrors(world.database));
const world = await useWatchedVentas();
const { database, klk, proxy } = world;

/** A day of one store, which is one slice; the same day of both. */
const ONE: VentasOptions = { desde: AYER, tiendas: [ALTAMIRA] };
const BOTH: VentasOptions = { desde: AYER };

const serve = (usd: number): void => {
  for (const { sucursalKlk } of [ALTAMIRA, BELLO_MONTE]) klk.setFault(sucursalKlk, sellingAt(usd));
};

/** What all lines of a store's day were sold for. */
const readPrices = async ({ id }: { readonly id: string }): Promise<unknown[]> =>
  (
    await database.query(
      `SELECT DISTINCT venta_total::float8 AS usd FROM ventas WHERE ubicacion_id = $1::text AND dia = $2::date`,
      [id, AYER],
    )
  ).map(({ usd }) => usd);

const codigosOf = ({ tiendas }: Resumen): Record<string, string> =>
  Object.fromEntries(tiendas.map(({ id, estado, errores }) => [id, errores[0]?.codigo ?? estado]));

const [A, B] = [ALTAMIRA.id, BELLO_MONTE.id];

/** Both stores' day is loaded at 1 dollar a line, in one slice each, and KLK now says 2. */
beforeEach(async () => {
  await world.reset();
  // From then on it is known how little the stores sell, and a day is not cut.
  await world.start({ desde: '2026-11-22' });
  serve(1);
  expect((await world.start(BOTH)).totales.tramos).toMatchObject({ cargados: 2, fallidos: 0 });
  serve(2);
});

/** While the database refuses something about one store, that slice fails and keeps its lines, the other loads, and the next run heals. */
async function expectOnlyOneFails(
  codigo: string,
  options: VentasOptions,
  repair: () => Promise<unknown>,
): Promise<void> {
  expect(codigosOf(await world.run({ ...BOTH, ...options }))).toEqual({ [A]: codigo, [B]: 'cargada' });
  expect([await readPrices(ALTAMIRA), await readPrices(BELLO_MONTE)]).toEqual([[1], [2]]);
  await repair();
  expect((await world.run(BOTH)).estado).toBe('exitosa');
  expect(await readPrices(ALTAMIRA)).toEqual([2]);
}

describe('A load of sales that the server or the network interrupts', () => {
  it('A run loads although it loses its session before or after any statement, unless that session holds its lock', async () => {
    await world.run(ONE);
    const { length } = proxy.statements();
    expect(length).toBeGreaterThan(20);
    for (let n = 1; n <= length; n += 1) {
      for (const side of ['before', 'after'] as const) {
        proxy.reset();
        proxy.cut(n, side);
        serve(2 * n + (side === 'before' ? 1 : 2));
        const resumen = await world.run(ONE);
        const sql = proxy.statements()[n - 1] ?? '';
        const mayLose = OF_THE_LOCK.test(sql) ? ['CANDADO_PERDIDO', 'BD_CONEXION_PERDIDA', 'fallida'] : [];
        const outcome = resumen.error?.codigo ?? codigosOf(resumen)[A];
        expect({ side, sql, expected: ['cargada', ...mayLose] }).toEqual({
          side,
          sql,
          expected: expect.arrayContaining([outcome]),
        });
      }
    }
    serve(1_000);
    expect((await world.run(ONE)).estado).toBe('exitosa');
    expect(await readPrices(ALTAMIRA)).toEqual([1_000]);
  });

  it('A load that the server refused to serialize is repeated', async () => {
    await provokeError(database, READING_OF_ALTAMIRA, '40001', 1);
    expect((await world.run(BOTH)).estado).toBe('exitosa');
  });

  it('A load that the server ended because of a deadlock is repeated', async () => {
    const ofAltamira = `WHERE ubicacion_id = '${A}' AND dia = '${AYER}'`;
    const resumen = await provokeDeadlock(
      database,
      {
        first: `SELECT FROM ventas ${ofAltamira} LIMIT 1 FOR UPDATE`,
        second: `SELECT FROM ventas_tramos ${ofAltamira} FOR UPDATE`,
      },
      () => world.run(BOTH),
    );
    expect(resumen.estado).toBe('exitosa');
  });

  it('Rejected lines are kept once, although the session is lost after the statement that keeps them', async () => {
    klk.setFault(ALTAMIRA.sucursalKlk, 'cantidad-ilegible');
    let lost = false;
    proxy.cut((sql) => !lost && (lost = sql.includes('INSERT INTO ventas_rechazos')), 'after');
    const { totales } = await world.run(ONE);

    expect({ lost, rechazados: totales.rechazados }).toEqual({ lost: true, rechazados: 1 });
    expect(await database.query('SELECT motivo FROM ventas_rechazos')).toEqual([
      { motivo: 'CANTIDAD_ILEGIBLE' },
    ]);
  });

  it('A reader sees no mixture of old and new lines while a load over a slow network lasts', async () => {
    proxy.delayMs = 60;
    expect((await world.run(BOTH)).estado).toBe('exitosa');
  });
});

describe('A COMMIT of sales whose answer is lost', () => {
  it.each(['before', 'after'] as const)(
    'The run finds out whether it happened, and loads once: cut %s it',
    async (side) => {
      proxy.cut(loadCommit(), side);
      expect(codigosOf(await world.run(BOTH))).toEqual({ [A]: 'cargada', [B]: 'cargada' });
      expect(await readPrices(ALTAMIRA)).toEqual([2]);
    },
  );

  it('The run waits for a COMMIT that is still under way', async () => {
    // Far longer than the wait before the next attempt, which so finds it under way.
    await slowDownCommit(database, READING_OF_ALTAMIRA, 2_000);
    const hop = await startTcpHop(world.settings);
    const isLoadCommit = loadCommit();
    proxy.hold((sql) => {
      if (isLoadCommit(sql)) setTimeout(() => hop.connections[0]?.cut(), 100);
      return false;
    });
    const resumen = await world.run({ ...ONE, database: { port: hop.port } });
    await hop.close();
    expect(codigosOf(resumen)).toEqual({ [A]: 'cargada' });
    expect(resumen.totales.tramos).toMatchObject({ cargados: 1, fallidos: 0 });
  });

  it('The slice fails with COMMIT_INCIERTO when the run cannot find out, and the next run loads it', async () => {
    proxy.cut(loadCommitAndReadBack(), 'after');
    expect(codigosOf(await world.run(ONE))).toEqual({ [A]: 'COMMIT_INCIERTO' });
    proxy.reset();
    expect((await world.run(BOTH)).estado).toBe('exitosa');
    expect(await readPrices(ALTAMIRA)).toEqual([2]);
  });
});

describe('A load of sales that the server refuses', () => {
  const SLICE = `SELECT FROM ventas_tramos WHERE ubicacion_id = 'tienda_a' AND dia = '${AYER}' FOR UPDATE`;
  const LINES = `SELECT FROM ventas WHERE ubicacion_id = 'tienda_a' AND dia = '${AYER}' FOR UPDATE`;

  it.each([
    ['BD_BLOQUEO', 'the row of its slice stays locked', SLICE, {}],
    ['BD_BLOQUEO', 'its lines stay locked', LINES, {}],
    [
      'BD_TIEMPO',
      'its lines stay locked for longer than a statement may take',
      LINES,
      { tunables: { statementTimeoutMs: 450 } },
    ],
  ])('A slice fails alone with %s when %s', async (codigo, _what, lock, options) => {
    const other = await database.openSession();
    await other.query(`BEGIN; ${lock}`);
    // The failure cannot be noted in the row that is locked.
    if (lock === SLICE) world.loseRecords();
    await expectOnlyOneFails(codigo, options, () => other.end());
  });

  it.each(ERRORS_OF_THE_SERVER)('A slice fails alone with %s when %s', async (codigo, _what, sqlState) => {
    await provokeError(database, READING_OF_ALTAMIRA, sqlState);
    await expectOnlyOneFails(codigo, {}, () => forgetErrors(database));
  });

  it('KLK is not asked while the database is read-only', async () => {
    klk.requests.splice(0);
    await database.query(`ALTER DATABASE ${world.settings.database} SET default_transaction_read_only = on`);
    const resumen = await world.run(BOTH);
    const admin = await database.openSession();
    await admin.query('SET default_transaction_read_only = off');
    await admin.query(`ALTER DATABASE ${world.settings.database} RESET default_transaction_read_only`);
    await admin.end();
    expect(resumen).toMatchObject({ estado: 'fallida', error: { codigo: 'BD_SOLO_LECTURA' } });
    expect(klk.requests).toEqual([]);
  });

  it('All slices fail with BD_PERMISO, which names the table, when a right is missing, and load once it is back', async () => {
    await database.query(`REVOKE UPDATE ON ventas FROM ${world.settings.user}`);
    const resumen = await world.run(BOTH);
    await database.query(`GRANT UPDATE ON ventas TO ${world.settings.user}`);
    expect(codigosOf(resumen)).toEqual({ [A]: 'BD_PERMISO', [B]: 'BD_PERMISO' });
    expect(resumen.tiendas[0]?.errores[0]?.mensaje).toContain('ventas');
    expect((await world.run(BOTH)).estado).toBe('exitosa');
  });
});

describe('A run of the sales whose deadline is near', () => {
  it('It ends at its deadline when the database stops answering in the middle of a load, and the slice is left', async () => {
    proxy.hold(/FOR UPDATE/);
    const [resumen] = await world.watch(async () => {
      const ended = await world.startRun({ ...ONE, limitMs: 2_600 });
      // The server would end its side within a minute.
      proxy.reset();
      return [ended] as const;
    });
    expect(codigosOf(resumen)).toEqual({ [A]: 'SIN_TIEMPO' });
    expect(resumen.tiendas).toMatchObject([{ estado: 'omitida', tramos: { pendientes: 1 } }]);
    expect(resumen.duracionMs).toBeLessThan(15_000);
    expect(await readPrices(ALTAMIRA)).toEqual([1]);
    expect((await world.run(BOTH)).estado).toBe('exitosa');
  });

  it('KLK is not asked when there is no time left at the beginning', async () => {
    klk.requests.splice(0);
    expect(codigosOf(await world.run({ ...ONE, limitMs: 1_500 }))).toEqual({ [A]: 'SIN_TIEMPO' });
    expect(klk.requests).toEqual([]);
  });
});

describe('Two runs of the sales', () => {
  it('An older answer that comes late, from a run that has lost its lock, is refused: the newer one stays', async () => {
    const [newer, late] = await world.watch(async () => {
      const answer = holdAnswer();
      klk.setFault(ALTAMIRA.sucursalKlk, answer.behaviour, 1);
      const hop = await startTcpHop(world.settings);
      const running = world.startRun({ ...ONE, database: { port: hop.port } });
      await answer.asked;
      // The lock is the last thing for which a run connects.
      hop.connections.at(-1)?.freeze();
      await takeLockAway(world);
      serve(3);
      const second = await world.startRun(ONE);
      answer.release();
      return [second, await running.finally(() => hop.close())] as const;
    });
    expect(codigosOf(newer)).toEqual({ [A]: 'cargada' });
    expect(codigosOf(late)).toEqual({ [A]: 'TRAMO_ANTIGUO' });
    expect(await readPrices(ALTAMIRA)).toEqual([3]);
  });

  it('A run whose lock is lost while KLK answers loads nothing more, and the next one does', async () => {
    const answer = holdAnswer();
    klk.setFault(ALTAMIRA.sucursalKlk, answer.behaviour, 1);
    const [lost] = await world.watch(async () => {
      const running = world.startRun(ONE);
      await answer.asked;
      await takeLockAway(world);
      answer.release();
      return [await running] as const;
    });
    expect(codigosOf(lost)).toEqual({ [A]: 'CANDADO_PERDIDO' });
    expect(await readPrices(ALTAMIRA)).toEqual([1]);
    serve(4);
    expect((await world.run(ONE)).estado).toBe('exitosa');
    expect(await readPrices(ALTAMIRA)).toEqual([4]);
  });

  it('The second at the same time asks KLK nothing and is omitted', async () => {
    const answer = holdAnswer();
    klk.setFault(ALTAMIRA.sucursalKlk, answer.behaviour, 1);
    const [omitted, worked] = await world.watch(async () => {
      const working = world.startRun({ ...ONE, klk: { timeoutMs: 20_000 } });
      await answer.asked;
      klk.requests.splice(0);
      const second = await world.startRun(BOTH);
      const asked = klk.requests.length;
      answer.release();
      expect(asked).toBe(0);
      return [second, await working] as const;
    });
    expect(omitted).toMatchObject({ estado: 'omitida', tiendas: [] });
    expect(omitted.motivo).toContain(worked.ejecucionId);
    expect(worked.estado).toBe('exitosa');
  });

  it('A run is omitted while a session that is no run holds the lock of the sales', async () => {
    const holder = await database.openSession(database.admin, 'consola');
    await holder.query('SELECT pg_advisory_lock($1::bigint)', [FLUJOS.ventas.lockKey]);
    const [omitted] = await world.watch(async () => {
      const ended = await world.startRun(ONE);
      await holder.end();
      return [ended] as const;
    });
    expect(omitted).toMatchObject({ estado: 'omitida', tiendas: [] });
  });
});
