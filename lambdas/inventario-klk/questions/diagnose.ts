import { blockerOf, runChain, runCheck } from '../../core/diagnosis/checklist.ts';
import type { Finding, Step } from '../../core/diagnosis/checklist.ts';
import { klkChecks } from '../../core/diagnosis/check-klk.ts';
import { ConfiguracionInvalida } from '../../core/errors/invalid.ts';
import { databaseChecks } from '../../core/diagnosis/check-database.ts';
import {
  migrationsCheck,
  partitionsCheck,
  rightsCheck,
  runLockCheck,
} from '../../core/diagnosis/check-schema.ts';
import type { QuestionContext } from '../../core/run/question.ts';

/** The checks of the configuration, KLK and PostgreSQL. */
export interface Diagnosis {
  /** Whether no step failed. */
  readonly bien: boolean;
  readonly pasos: readonly Step[];
}

const CONFIGURACION = 'configuracion';

/** Checks every hop to KLK and to PostgreSQL, and what a load needs there. Writes nothing and never throws. */
export async function diagnose(context: QuestionContext): Promise<Diagnosis> {
  const { place } = context;
  const tunables = read(context.readTunables);
  const klk = read(context.readKlkSettings);
  const database = read(context.readDatabaseSettings);
  const readings = [read(context.readCatalogo), tunables, klk, database];
  const configuracion = await runCheck(
    { paso: CONFIGURACION, look: () => describeReadings(readings) },
    place,
  );

  const klkPasos = await runChain(
    klkChecks({ settings: klk, tunables, deadline: context.deadline }),
    place,
    await blockedUnless(klk, tunables),
  );
  const onDatabase = { ...context, readDatabaseSettings: () => database };
  const databasePasos = await runChain(
    [...databaseChecks(onDatabase), migrationsCheck(onDatabase)],
    place,
    await blockedUnless(database, tunables),
  );
  const blocker = blockerOf(databasePasos);
  const schemaChecks = [
    rightsCheck(onDatabase),
    runLockCheck('turno', 'inventario', onDatabase),
    partitionsCheck(onDatabase),
  ];
  // Independent of each other, so each is a chain of its own.
  const schemaPasos = await Promise.all(schemaChecks.map((check) => runChain([check], place, blocker)));

  const pasos = [configuracion, ...klkPasos, ...databasePasos, ...schemaPasos.flat()];
  return { bien: pasos.every(({ estado }) => estado === 'ok'), pasos };
}

async function read<T>(reader: () => T | Promise<T>): Promise<T> {
  return reader();
}

async function blockedUnless(...readings: readonly Promise<unknown>[]): Promise<string | undefined> {
  const settled = await Promise.allSettled(readings);
  return settled.some(({ status }) => status === 'rejected') ? CONFIGURACION : undefined;
}

/** Lists all problems of the configuration at once. Any other error is thrown, and the check reports it with its remedy. */
async function describeReadings(readings: readonly Promise<unknown>[]): Promise<Finding> {
  const reasons = (await Promise.allSettled(readings)).flatMap((reading): unknown[] =>
    reading.status === 'rejected' ? [reading.reason] : [],
  );
  const problemas = reasons.flatMap((reason) =>
    reason instanceof ConfiguracionInvalida ? reason.problemas : [],
  );
  if (problemas.length > 0) {
    return {
      detalle: [...new Set(problemas)].join('; '),
      revisar: 'Corrija esas variables según docs/configuration.md.',
    };
  }
  if (reasons.length > 0) throw reasons[0];
  return { detalle: 'variables, catálogo y secretos se leen' };
}
