import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { PipelineError } from '../../lambdas/core/errors/errors.ts';
import { createLogger, MENSAJES_EJECUCION } from '../../lambdas/core/run/log.ts';
import { requireComplete } from '../../lambdas/core/run/outcome.ts';
import { withRunLock } from '../../lambdas/core/run/run-lock.ts';
import { runPipelineOnce } from '../../lambdas/core/run/run.ts';
import type { LockedRun } from '../../lambdas/core/run/run.ts';
import { countTiendas, estadoEjecucion, startSummary } from '../../lambdas/core/run/summary.ts';
import type { EstadoTienda, Outcome, RunSummary } from '../../lambdas/core/run/summary.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { captureOutput, toLogLines } from '../support/output.ts';
import { useDatabase } from '../support/database.ts';

const RESUMEN_SALUDOS = 'RESUMEN SALUDOS';

const database = await useDatabase();

/** What became of a store. */
interface Saludada {
  readonly estado: EstadoTienda;
  readonly extraidos: number;
}

/** A second pipeline: it loads one number for each store and has nothing else but its summary. */
async function runSaludos(
  load: (locked: LockedRun) => Promise<number>,
  { limitMs = 20_000, dryRun = false } = {},
) {
  const ejecucionId = randomUUID();
  const summarizeTiendas = startSummary(
    ejecucionId,
    { origen: 'manual', dryRun },
    {
      estadoOf: estadoEjecucion,
      sumTotales: (tiendas: readonly Saludada[]) => ({
        ...countTiendas(tiendas),
        extraidos: tiendas.reduce((total, { extraidos }) => total + extraidos, 0),
        rechazados: 0,
      }),
    },
  );
  const summarize = (outcome: Outcome<number>): RunSummary =>
    summarizeTiendas(
      typeof outcome === 'number'
        ? [{ estado: dryRun ? 'simulada' : 'cargada', extraidos: outcome }]
        : outcome,
    );
  const { outcome, output } = await captureOutput(() =>
    runPipelineOnce(
      {
        ejecucionId,
        solicitud: { origen: 'manual', dryRun, forzar: false },
        deadline: deadlineIn(limitMs),
        logger: createLogger(ejecucionId, 'ventas'),
        tunables: { statementTimeoutMs: 5_000 },
        readDatabaseSettings: () => Promise.resolve(database.etl),
      },
      {
        flujo: 'ventas',
        tiendas: ['tienda_a'],
        mensajeResumen: RESUMEN_SALUDOS,
        loadsAtOnce: 1,
        simulate: () => Promise.resolve(7),
        load,
        summarize,
        ownSums: () => ({}),
      },
    ),
  );
  if (outcome.status === 'rejected') throw outcome.reason;
  const rows = await database.query(
    'SELECT estado, extraidos, error_codigo, fin IS NOT NULL AS cerrada FROM etl_ejecuciones WHERE id = $1',
    [ejecucionId],
  );
  return { resumen: outcome.value, messages: toLogLines(output).map(({ message }) => message), rows };
}

const selectOne = ({ loaders: [connection] }: LockedRun): Promise<number> =>
  connection.use(
    async (client) => (await client.query<{ uno: number }>('SELECT 1 AS uno')).rows[0]?.uno ?? 0,
  );

describe('A second pipeline on the core', () => {
  it('It loads while it holds the lock, records its run, and logs its summary under its own message', async () => {
    const { resumen, messages, rows } = await runSaludos(selectOne);

    expect(resumen).toMatchObject({ estado: 'exitosa', totales: { extraidos: 1 } });
    expect(rows).toEqual([{ estado: 'exitosa', extraidos: 1, error_codigo: null, cerrada: true }]);
    expect(messages).toEqual([MENSAJES_EJECUCION.iniciada, RESUMEN_SALUDOS]);
    expect(
      requireComplete(resumen, [], { tiendas: [], dryRun: false, forzar: false }, { program: 'etl' }),
    ).toBe(resumen);
  });

  it('It is omitted while another run holds the lock, and says which', async () => {
    const credentials = { settings: () => database.etl, connect: <T>(make: () => Promise<T>) => make() };
    const omitted = await withRunLock(
      credentials,
      { flujo: 'ventas', applicationName: 'otra' },
      new AbortController().signal,
      () => runSaludos(() => Promise.reject(new Error('it must not load'))),
    );

    expect(omitted?.resumen).toMatchObject({ estado: 'omitida', motivo: expect.stringContaining('«otra»') });
    expect(omitted?.rows).toEqual([{ estado: 'omitida', extraidos: 0, error_codigo: null, cerrada: true }]);
  });

  it('It ends at its deadline, even in the middle of a statement', async () => {
    const { resumen, rows } = await runSaludos(
      ({ loaders: [connection], deadline }) =>
        connection.use(
          async (client) => (await client.query('SELECT pg_sleep(60)')).rowCount ?? 0,
          deadline.signal,
        ),
      { limitMs: 1_500 },
    );

    expect(resumen).toMatchObject({ estado: 'fallida' });
    expect(resumen.duracionMs).toBeLessThan(10_000);
    expect(rows).toMatchObject([{ estado: 'fallida', cerrada: true }]);
  });

  it('It fails when its load throws, with an error that names code and remedy', async () => {
    const { resumen, messages } = await runSaludos(() =>
      Promise.reject(new PipelineError('KLK_INACCESIBLE', 'No se pudo conectar a KLK')),
    );

    expect(messages).toContain(MENSAJES_EJECUCION.fallida);
    expect(() =>
      requireComplete(resumen, [], { tiendas: [], dryRun: false, forzar: false }, { program: 'etl' }),
    ).toThrow(/^KLK_INACCESIBLE: No se pudo conectar a KLK\. .*npm run etl -- diagnostico/s);
  });

  it('It simulates without a connection to the database', async () => {
    const { resumen, rows } = await runSaludos(() => Promise.reject(new Error('it must not load')), {
      dryRun: true,
    });

    expect(resumen).toMatchObject({ estado: 'simulada', totales: { extraidos: 7 } });
    expect(rows).toEqual([]);
  });
});
