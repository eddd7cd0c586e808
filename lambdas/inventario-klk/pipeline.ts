import type { PipelineError } from '../shared/errors.ts';
import { toPipelineError } from '../shared/errors.ts';
import { localClock } from './clock.ts';
import { MENSAJE_RESUMEN } from './contract.ts';
import { createDatabaseSink } from './database-sink.ts';
import { orAborted } from './deadline.ts';
import { openDatabase } from './load/database.ts';
import type { Database } from './load/database.ts';
import { checkDatabase } from './load/preflight.ts';
import { prepareDatabase } from './load/prepare-database.ts';
import { processTiendas } from './process-tiendas.ts';
import type { Run } from './run.ts';
import { abandonDeadEjecuciones, closeEjecucion, findHolder, openEjecucion } from './runs/ejecucion.ts';
import { readAntiguedades } from './runs/read-antiguedades.ts';
import type { Antiguedad } from './runs/read-antiguedades.ts';
import { withRunLock } from './runs/run-lock.ts';
import { startResumen } from './summary.ts';
import type { Outcome, Resumen, ResumenTienda } from './summary.ts';

/** Writing how a run ended must not hold it beyond its deadline's margin. */
const CLOSE_WITHIN_MS = 3_000;

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
  return processTiendas(run, klkSettings, { clock: localClock, order: [], record: () => Promise.resolve() });
}

async function loadWithTurn(run: Run, conclude: (outcome: Outcome) => Resumen): Promise<Resumen> {
  const applicationName = `inventario-klk/${run.ejecucionId}`;
  const { statementTimeoutMs } = run.tunables;
  const database = await openDatabase(
    run.readDatabaseSettings,
    { applicationName, statementTimeoutMs },
    run.deadline,
  );
  try {
    await database.withConnection(checkDatabase);
    const resumen = await withRunLock(database.settings, applicationName, async ({ lost }) => {
      const held = { ...run, deadline: orAborted(run.deadline, lost) };
      return close(
        run,
        database,
        conclude(await load(held, database).catch((thrown: unknown) => fail(run, thrown))),
      );
    });
    return resumen ?? (await close(run, database, conclude({ motivo: await describeHolder(database) })));
  } finally {
    await database.close();
  }
}

async function load(run: Run, database: Database): Promise<ResumenTienda[]> {
  const { ejecucionId: id, solicitud, logger } = run;
  const { origen, forzar } = solicitud;
  await database.withConnection(async (client) => {
    const abandoned = await abandonDeadEjecuciones(client);
    if (abandoned > 0)
      logger.warn('Se cerraron ejecuciones que murieron a medias', { abandonadas: abandoned });
    await openEjecucion(client, { id, origen, forzar });
  });
  const klkSettings = await run.readKlkSettings();
  const prepared = await prepareDatabase(database, solicitud.tiendas, logger);
  return processTiendas(run, klkSettings, createDatabaseSink(run, database, prepared));
}

/** The summary is already logged: if the database is down, the log still tells how the run ended. */
async function close(run: Run, database: Database, resumen: Resumen): Promise<Resumen> {
  let antiguedades: readonly Antiguedad[] = [];
  try {
    antiguedades = await database.withConnection(async (client) => {
      await closeEjecucion(client, resumen, run.solicitud.forzar);
      return readAntiguedades(client);
    }, AbortSignal.timeout(CLOSE_WITHIN_MS));
  } catch (error) {
    run.logger.warn('No se pudo anotar en la base cómo terminó la ejecución', { motivo: String(error) });
  }
  run.publish?.(resumen, antiguedades);
  return resumen;
}

async function describeHolder(database: Database): Promise<string> {
  const holder = await database.withConnection(findHolder);
  return holder === undefined
    ? 'Otra ejecución acaba de empezar'
    : `La ejecución ${holder.id} (${holder.origen}) está en curso desde ${holder.inicio.toISOString()}`;
}

function fail({ logger }: Run, thrown: unknown): PipelineError {
  const error = toPipelineError(thrown);
  logger.error('Ejecución fallida', { codigo: error.codigo, motivo: error.message, error });
  return error;
}
