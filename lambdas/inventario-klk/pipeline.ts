import type { PipelineError } from '../shared/errors.ts';
import { toPipelineError } from '../shared/errors.ts';
import { localClock } from './clock.ts';
import { LOADS_AT_ONCE, MENSAJE_RESUMEN } from './contract.ts';
import { createDatabaseSink } from './database-sink.ts';
import type { Recorder } from './database-sink.ts';
import { deadlineIn, extendedBy, orAborted } from './deadline.ts';
import type { Deadline } from './deadline.ts';
import { createDatabase, openDatabase } from './load/database.ts';
import type { Database, Queryable } from './load/database.ts';
import { checkDatabase } from './load/preflight.ts';
import { prepareDatabase, readPrecedence } from './load/prepare-database.ts';
import { withRetries } from './load/retry.ts';
import { SIN_ANTECEDENTES } from './precedence.ts';
import { processTiendas } from './process-tiendas.ts';
import type { Run } from './run.ts';
import { abandonDeadEjecuciones, closeEjecucion, findBegun, openEjecucion } from './runs/ejecucion.ts';
import { readAntiguedades } from './runs/read-antiguedades.ts';
import type { Antiguedad } from './runs/read-antiguedades.ts';
import { withRunLock } from './runs/run-lock.ts';
import { describeIntruder, readTurnHolders, sessionNameOf } from './runs/turn-holders.ts';
import { startResumen } from './summary.ts';
import type { Outcome, Resumen, ResumenTienda } from './summary.ts';

/** Writing down what happened must not hold a run beyond its deadline's margin, nor long within it. */
const RECORD_WITHIN_MS = 3_000;

/**
 * One run: every requested warehouse is extracted, transformed and loaded, or reported as not. Logs the summary and returns it.
 * Never throws: a failure before any store is the summary's `error`.
 */
export async function runPipeline(run: Run): Promise<Resumen> {
  const { solicitud, logger } = run;
  const finish = startResumen(run.ejecucionId, solicitud);
  const tiendas = solicitud.tiendas.map(({ id }) => id);
  logger.info('Ejecución iniciada', { origen: solicitud.origen, dryRun: solicitud.dryRun, tiendas });

  const conclude = (outcome: Outcome): Resumen => {
    const resumen = finish(outcome);
    logger.info(MENSAJE_RESUMEN, { ...resumen });
    return resumen;
  };
  try {
    return solicitud.dryRun ? conclude(await simulate(run)) : await loadWithTurn(run, conclude);
  } catch (thrown) {
    const resumen = conclude(fail(run, thrown));
    run.publish?.(resumen, []);
    return resumen;
  }
}

async function simulate(run: Run): Promise<ResumenTienda[]> {
  run.logger.info('Simulación: no se evalúa lo que exige comparar con el inventario de la base');
  const klkSettings = await run.readKlkSettings();
  return processTiendas(run, klkSettings, {
    clock: localClock,
    precedence: SIN_ANTECEDENTES,
    record: () => Promise.resolve(),
  });
}

async function loadWithTurn(run: Run, conclude: (outcome: Outcome) => Resumen): Promise<Resumen> {
  const { deadline, tunables } = run;
  const { signal } = deadline;
  const applicationName = sessionNameOf(run.ejecucionId);
  const session = { applicationName, statementTimeoutMs: tunables.statementTimeoutMs };
  const database = await openDatabase(run.readDatabaseSettings, session, deadline);
  const beside = (): Database => createDatabase(database.credentials, session);
  const almacenes = run.solicitud.tiendas.flatMap((tienda) => tienda.almacenes);
  const others = Array.from({ length: Math.min(LOADS_AT_ONCE, almacenes.length) - 1 }, beside);
  const loaders = [database, ...others];
  const recorder = createRecorder(beside(), deadline);
  const close = (resumen: Resumen): Promise<Resumen> => closeRun(run, recorder, resumen);
  try {
    await Promise.all([
      withRetries(signal, () => database.withConnection(checkDatabase, signal)),
      ...[...others, recorder.database].map((other) =>
        withRetries(signal, () => other.withConnection(() => Promise.resolve(), signal)),
      ),
    ]);
    const resumen = await withRunLock(database.credentials, applicationName, signal, async ({ lost }) => {
      const held = { ...run, deadline: orAborted(deadline, lost) };
      const loading = load(held, database, loaders, recorder);
      return close(conclude(await loading.catch((thrown: unknown) => fail(run, thrown))));
    });
    return resumen ?? (await close(conclude({ motivo: await describeHolder(database, signal) })));
  } finally {
    await Promise.all([...loaders, recorder.database].map((connection) => connection.close()));
  }
}

function createRecorder(database: Database, deadline: Deadline): Recorder {
  const late = extendedBy(deadline, RECORD_WITHIN_MS).signal;
  return { database, limit: () => AbortSignal.any([late, deadlineIn(RECORD_WITHIN_MS).signal]) };
}

async function load(
  run: Run,
  database: Database,
  loaders: readonly Database[],
  recorder: Recorder,
): Promise<ResumenTienda[]> {
  const { signal } = run.deadline;
  await withRetries(signal, () => recorder.database.withConnection((client) => open(run, client), signal));
  const klkSettings = await run.readKlkSettings();
  const { tiendas } = run.solicitud;
  const [clock, precedence] = await Promise.all([
    prepareDatabase(database, tiendas, run.logger, signal),
    readPrecedence(database, recorder, tiendas, run.logger, signal),
  ]);
  return processTiendas(run, klkSettings, createDatabaseSink(run, loaders, recorder, { clock, precedence }));
}

async function open({ ejecucionId: id, solicitud, logger }: Run, client: Queryable): Promise<void> {
  const [abandonadas] = await Promise.all([
    abandonDeadEjecuciones(client, id),
    openEjecucion(client, { id, origen: solicitud.origen, forzar: solicitud.forzar }),
  ]);
  if (abandonadas > 0) logger.warn('Se cerraron ejecuciones que murieron a medias', { abandonadas });
}

/** The summary is already logged: if the database is down, the log still tells how the run ended. */
async function closeRun(run: Run, { database, limit }: Recorder, resumen: Resumen): Promise<Resumen> {
  let antiguedades: readonly Antiguedad[] = [];
  try {
    const signal = limit();
    antiguedades = await withRetries(signal, () =>
      database.withConnection(async (client) => {
        const closing = closeEjecucion(client, resumen, run.solicitud.forzar);
        return (await Promise.all([readAntiguedades(client), closing]))[0];
      }, signal),
    );
  } catch (error) {
    run.logger.warn('No se pudo anotar en la base cómo terminó la ejecución', {
      motivo: toPipelineError(error).message,
    });
  }
  run.publish?.(resumen, antiguedades);
  return resumen;
}

function describeHolder(database: Database, signal: AbortSignal): Promise<string> {
  return withRetries(signal, () => database.withConnection(nameHolder, signal));
}

async function nameHolder(client: Queryable): Promise<string> {
  const [holder] = await readTurnHolders(client);
  if (holder === undefined) return 'Otra sesión tenía el turno y lo acaba de soltar';
  const { ejecucionId: id } = holder;
  if (id === null) return `El turno lo tiene ${describeIntruder(holder)}`;
  const begun = await findBegun(client, id);
  return begun === undefined
    ? `La ejecución ${id} acaba de empezar`
    : `La ejecución ${id} (${begun.origen}) está en curso desde ${begun.inicio.toISOString()}`;
}

function fail({ logger }: Run, thrown: unknown): PipelineError {
  const error = toPipelineError(thrown);
  logger.error('Ejecución fallida', { codigo: error.codigo, motivo: error.message, error });
  return error;
}
