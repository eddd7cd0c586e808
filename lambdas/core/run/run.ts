import type { Logger } from '@aws-lambda-powertools/logger';
import { toPipelineError } from '../errors/errors.ts';
import type { PipelineError } from '../errors/errors.ts';
import type { HoldTurn } from '../klk/turns.ts';
import { createConnection, openConnection } from '../postgres/connection.ts';
import type { Connection, Queryable } from '../postgres/connection.ts';
import { checkDatabase } from '../postgres/preflight.ts';
import { withRetries } from '../postgres/retry.ts';
import type { DatabaseSettings } from '../postgres/settings.ts';
import { deadlineIn, extendedBy, orAborted } from '../time/deadline.ts';
import type { Deadline } from '../time/deadline.ts';
import { closeEjecucion, closeDeadEjecuciones, findBegun, openEjecucion } from './ejecucion.ts';
import type { OwnSums } from './ejecucion.ts';
import type { Flujo } from './flujo.ts';
import { createKlkTurns } from './klk-turns.ts';
import { describeIntruder, readLockHolders, sessionNameOf } from './lock-holders.ts';
import { logFailure, MENSAJES_EJECUCION } from './log.ts';
import { withRunLock } from './run-lock.ts';
import { LockHeldElsewhere } from './summary.ts';
import type { Outcome, RunRequest, RunSummary } from './summary.ts';

/** Recording what happened may take this long beyond the run's deadline, within the margin that the Lambda keeps. */
const RECORD_WITHIN_MS = 3_000;

/** What every pipeline's run has. The database's settings are read on demand, because a dry run must not read them. */
export interface RunContext {
  readonly ejecucionId: string;
  readonly solicitud: RunRequest;
  readonly deadline: Deadline;
  readonly logger: Logger;
  readonly tunables: { readonly statementTimeoutMs: number };
  readonly readDatabaseSettings: () => Promise<DatabaseSettings>;
}

/** Own connection, so that a stuck load cannot block recording. */
export interface RecordConnection {
  readonly connection: Connection;
  /** The time limit of one record; it may end a little after the run's deadline. */
  readonly limit: () => AbortSignal;
}

/** What a run has while it holds the lock. */
export interface LockedRun {
  /** Aborts too when the lock is lost. */
  readonly deadline: Deadline;
  /** One for each load at the same time; the first also prepares the run. */
  readonly loaders: readonly [Connection, ...Connection[]];
  readonly recording: RecordConnection;
  /** Limits the requests to KLK to `atOnce`, over all runs with the same limit. */
  readonly createKlkTurns: (atOnce: number) => HoldTurn;
}

/** What a pipeline brings. */
export interface Pipeline<Loaded, Summary extends RunSummary> {
  readonly flujo: Flujo;
  /** Ids of the stores it was asked for. */
  readonly tiendas: readonly string[];
  /** Message of the log line that carries the summary. */
  readonly mensajeResumen: string;
  readonly loadsAtOnce: number;
  /** A dry run: it opens no connection to the database. */
  readonly simulate: () => Promise<Loaded>;
  /** A run that loads. */
  readonly load: (locked: LockedRun) => Promise<Loaded>;
  readonly summarize: (outcome: Outcome<Loaded>) => Summary;
  /** Its own sums of a run, for the run's row. */
  readonly ownSums: (resumen: Summary) => OwnSums;
  /** Asks the database, together with the closing of the run's row. */
  readonly readAtEnd?: (client: Queryable) => Promise<void>;
  /** Publishes the metrics of a run that is no dry run. */
  readonly publish?: (resumen: Summary) => void;
}

/**
 * One run: takes the lock, opens the run's row, loads, logs the summary, closes the row and publishes metrics; a dry run only simulates
 * and logs. Never throws: a failure before any store is the summary's `error`.
 */
export async function runPipelineOnce<Loaded, Summary extends RunSummary>(
  run: RunContext,
  pipeline: Pipeline<Loaded, Summary>,
): Promise<Summary> {
  const { logger, solicitud } = run;
  const { origen, dryRun } = solicitud;
  logger.info(MENSAJES_EJECUCION.iniciada, { origen, dryRun, tiendas: pipeline.tiendas });
  const end = (outcome: Outcome<Loaded>): Summary => {
    const resumen = pipeline.summarize(outcome);
    const line: RunSummary = resumen;
    logger.info(pipeline.mensajeResumen, { ...line });
    return resumen;
  };
  const fail = (thrown: unknown): PipelineError => {
    const error = toPipelineError(thrown);
    logFailure(logger, MENSAJES_EJECUCION.fallida, error);
    return error;
  };
  if (dryRun) return end(await pipeline.simulate().catch(fail));
  const resumen = await loadWithLock(run, pipeline, end, fail).catch((thrown: unknown) => end(fail(thrown)));
  publish(run, pipeline, resumen);
  return resumen;
}

function publish<Loaded, Summary extends RunSummary>(
  { logger }: RunContext,
  pipeline: Pipeline<Loaded, Summary>,
  resumen: Summary,
): void {
  try {
    pipeline.publish?.(resumen);
  } catch (error) {
    logger.warn(MENSAJES_EJECUCION.sinMetricas, { motivo: toPipelineError(error).message });
  }
}

async function loadWithLock<Loaded, Summary extends RunSummary>(
  run: RunContext,
  pipeline: Pipeline<Loaded, Summary>,
  end: (outcome: Outcome<Loaded>) => Summary,
  fail: (thrown: unknown) => PipelineError,
): Promise<Summary> {
  const { deadline, tunables } = run;
  const { signal } = deadline;
  const applicationName = sessionNameOf(pipeline.flujo, run.ejecucionId);
  const session = { applicationName, statementTimeoutMs: tunables.statementTimeoutMs };
  const first = await openConnection(run.readDatabaseSettings, session, deadline);
  const beside = (): Connection => createConnection(first.credentials, session);
  const loaders = [first, ...Array.from({ length: pipeline.loadsAtOnce - 1 }, beside)] as const;
  const recording = createRecordConnection(beside(), deadline);
  const record = async (resumen: Summary): Promise<Summary> => {
    await recordEnd(run, recording, pipeline, resumen);
    return resumen;
  };
  try {
    await connectAll(loaders, recording, signal);
    const resumen = await withRunLock(
      first.credentials,
      { flujo: pipeline.flujo, applicationName },
      signal,
      async ({ lost, session: lockSession }) => {
        const within = orAborted(deadline, lost);
        const turns = (atOnce: number): HoldTurn => createKlkTurns(lockSession, atOnce, within.signal);
        const locked = { deadline: within, loaders, recording, createKlkTurns: turns };
        const loading = openRow(run, pipeline.flujo, locked).then(() => pipeline.load(locked));
        return record(end(await loading.catch(fail)));
      },
    );
    const heldBy = (): Promise<string> => describeHolder(first, pipeline.flujo, signal);
    return resumen ?? (await record(end(new LockHeldElsewhere(await heldBy()))));
  } finally {
    await Promise.all([...loaders, recording.connection].map((connection) => connection.close()));
  }
}

function createRecordConnection(connection: Connection, deadline: Deadline): RecordConnection {
  const late = extendedBy(deadline, RECORD_WITHIN_MS).signal;
  return { connection, limit: () => AbortSignal.any([late, deadlineIn(RECORD_WITHIN_MS).signal]) };
}

/** Connects before the lock is taken, so that a run that cannot connect never holds it. */
async function connectAll(
  [first, ...others]: LockedRun['loaders'],
  recording: RecordConnection,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([
    withRetries(signal, () => first.use(checkDatabase, signal)),
    ...[...others, recording.connection].map((other) =>
      withRetries(signal, () => other.use(() => Promise.resolve(), signal)),
    ),
  ]);
}

async function openRow(
  { ejecucionId: id, solicitud, logger }: RunContext,
  flujo: Flujo,
  { deadline: { signal }, recording }: LockedRun,
): Promise<void> {
  const [abandonadas] = await withRetries(signal, () =>
    recording.connection.use(
      (client) =>
        Promise.all([
          closeDeadEjecuciones(client, flujo, id),
          openEjecucion(client, flujo, { id, origen: solicitud.origen, forzar: solicitud.forzar }),
        ]),
      signal,
    ),
  );
  if (abandonadas > 0) logger.warn(MENSAJES_EJECUCION.abandonadas, { abandonadas });
}

/** Called after the summary was logged, so that the log has the outcome even if the database is down. */
async function recordEnd<Loaded, Summary extends RunSummary>(
  { solicitud, logger }: RunContext,
  { connection, limit }: RecordConnection,
  pipeline: Pipeline<Loaded, Summary>,
  resumen: Summary,
): Promise<void> {
  try {
    const signal = limit();
    await withRetries(signal, () =>
      connection.use(async (client) => {
        await Promise.all([
          pipeline.readAtEnd?.(client),
          closeEjecucion(client, pipeline.flujo, resumen, solicitud.forzar, pipeline.ownSums(resumen)),
        ]);
      }, signal),
    );
  } catch (error) {
    logger.warn(MENSAJES_EJECUCION.sinRegistrar, { motivo: toPipelineError(error).message });
  }
}

function describeHolder(connection: Connection, flujo: Flujo, signal: AbortSignal): Promise<string> {
  return withRetries(signal, () =>
    connection.use(async (client) => {
      const [holder] = await readLockHolders(client, flujo);
      if (holder === undefined) return 'Otra sesión tenía el turno y lo acaba de soltar';
      const { ejecucionId: id } = holder;
      if (id === null) return `El turno lo tiene ${describeIntruder(holder)}`;
      const begun = await findBegun(client, id);
      return begun === undefined
        ? `La ejecución ${id} acaba de empezar`
        : `La ejecución ${id} (${begun.origen}) está en curso desde ${begun.inicio.toISOString()}`;
    }, signal),
  );
}
