import type { Logger } from '@aws-lambda-powertools/logger';
import pLimit from 'p-limit';
import type { DatabaseSettings } from '../shared/database-settings.ts';
import { PipelineError, toPipelineError } from '../shared/errors.ts';
import { localClock } from './clock.ts';
import type { Clock } from './clock.ts';
import type { KlkLimits } from './config.ts';
import { MENSAJE_RESUMEN } from './contract.ts';
import type { Deadline } from './deadline.ts';
import type { Solicitud } from './event.ts';
import { fetchInventario } from './extract/fetch-inventario.ts';
import { withKlkClient } from './extract/klk-client.ts';
import type { KlkClient } from './extract/klk-client.ts';
import { openDatabase } from './load/database.ts';
import type { Database } from './load/database.ts';
import { loadAlmacen } from './load/load-almacen.ts';
import { prepareDatabase } from './load/prepare-database.ts';
import type { Snapshot } from './load/snapshot.ts';
import { processAlmacen } from './process-almacen.ts';
import type { Stages } from './process-almacen.ts';
import type { KlkSettings } from './settings.ts';
import { estadoEjecucion, estadoTienda, sumTotales } from './summary.ts';
import type { Resumen, ResumenTienda } from './summary.ts';

/** Everything one run needs; the settings are read late, because a dry run must not even read the database's. */
export interface Run {
  readonly ejecucionId: string;
  readonly solicitud: Solicitud;
  readonly klkLimits: KlkLimits;
  readonly deadline: Deadline;
  readonly logger: Logger;
  readonly readKlkSettings: () => Promise<KlkSettings>;
  readonly readDatabaseSettings: () => Promise<DatabaseSettings>;
}

/** Warehouses in flight beyond those being extracted: one is loading while the next is ready. */
const READY_AHEAD = 2;

/**
 * One run: every requested warehouse is extracted, transformed and loaded, or reported as not. Logs the summary and returns it.
 * Never throws: a failure before any store is the summary's `error`.
 */
export async function runPipeline(run: Run): Promise<Resumen> {
  const { ejecucionId, solicitud, logger } = run;
  const { origen, dryRun } = solicitud;
  const start = performance.now();
  const inicio = new Date();
  logger.info('Ejecución iniciada', { origen, dryRun, tiendas: solicitud.tiendas.map(({ id }) => id) });

  const outcome = await processTiendas(run).catch((thrown: unknown) => {
    const error = toPipelineError(thrown);
    logger.error('Ejecución fallida', { codigo: error.codigo, error });
    return error;
  });
  const tiendas = outcome instanceof PipelineError ? [] : outcome;
  const duracionMs = Math.round(performance.now() - start);
  const resumen: Resumen = {
    ejecucionId,
    origen,
    dryRun,
    estado: estadoEjecucion(tiendas, dryRun),
    inicio: inicio.toISOString(),
    fin: new Date(inicio.getTime() + duracionMs).toISOString(),
    duracionMs,
    tiendas,
    totales: sumTotales(tiendas),
    ...(outcome instanceof PipelineError && { error: { codigo: outcome.codigo, mensaje: outcome.message } }),
  };
  logger.info(MENSAJE_RESUMEN, { ...resumen });
  return resumen;
}

async function processTiendas(run: Run): Promise<ResumenTienda[]> {
  const { solicitud, klkLimits, deadline, logger } = run;
  const klkSettings = await run.readKlkSettings();
  if (solicitud.dryRun) {
    return withKlkClient(klkSettings, klkLimits, (klk) =>
      processAlmacenes(run, toStages(run, klk, localClock)),
    );
  }
  const database = await openDatabase(
    run.readDatabaseSettings,
    `inventario-klk/${run.ejecucionId}`,
    deadline,
  );
  try {
    const clock = await prepareDatabase(database, solicitud.tiendas, logger);
    return await withKlkClient(klkSettings, klkLimits, (klk) =>
      processAlmacenes(run, { ...toStages(run, klk, clock), load: toLoad(database, deadline) }),
    );
  } finally {
    await database.close();
  }
}

function toStages({ ejecucionId, klkLimits, deadline }: Run, klk: KlkClient, clock: Clock): Stages {
  const extracting = pLimit(klkLimits.concurrency);
  return {
    ejecucionId,
    deadline,
    extract: (almacen, onRetry, timed) =>
      extracting(() => timed(() => fetchInventario(klk, almacen, klkLimits, clock, deadline, onRetry))),
  };
}

/** Loads run one at a time; the first loaded warehouse that carries a product sets its attributes for the whole run. */
function toLoad(database: Database, deadline: Deadline): NonNullable<Stages['load']> {
  const loading = pLimit(1);
  const settled = new Set<string>();
  return (snapshot, timed) =>
    loading(() =>
      timed(async () => {
        const productos = snapshot.productos.filter(({ codigo }) => !settled.has(codigo));
        const counts = await loadAlmacen(database, { ...snapshot, productos } satisfies Snapshot, deadline);
        for (const { codigo } of productos) settled.add(codigo);
        return counts;
      }),
    );
}

/** Bounded, so that memory does not grow with the number of warehouses. */
async function processAlmacenes(
  { solicitud, klkLimits, logger }: Run,
  stages: Stages,
): Promise<ResumenTienda[]> {
  const inFlight = pLimit(klkLimits.concurrency + READY_AHEAD);
  return Promise.all(
    solicitud.tiendas.map(async (tienda) => {
      const almacenes = await Promise.all(
        tienda.almacenes.map((almacen) => inFlight(() => processAlmacen(tienda, almacen, stages, logger))),
      );
      return { id: tienda.id, nombre: tienda.nombre, estado: estadoTienda(almacenes), almacenes };
    }),
  );
}
