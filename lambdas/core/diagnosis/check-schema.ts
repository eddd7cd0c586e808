import { ETL_FUNCTIONS, ETL_TABLE_RIGHTS } from '../config/etl-rights.ts';
import { toHora, ZONA } from '../config/locale.ts';
import { PipelineError } from '../errors/errors.ts';
import type { Queryable } from '../postgres/connection.ts';
import { findBegun } from '../run/ejecucion.ts';
import type { Flujo } from '../run/flujo.ts';
import { describeIntruder, readLockHolders } from '../run/lock-holders.ts';
import { askDatabase } from '../run/question.ts';
import type { DatabaseContext } from '../run/question.ts';
import { hasStrayRows } from '../run/stray-rows.ts';
import type { Check, Finding } from './checklist.ts';

const GUIA_PARTICIONES = 'Siga «Filas en la partición por defecto» en docs/operacion.md.';

/** The check that the database has our schema. The other checks of the schema depend on it. */
export const migrationsCheck = (context: DatabaseContext): Check => ({
  paso: 'migraciones',
  look: () =>
    askDatabase(context, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        'SELECT name FROM migraciones ORDER BY id DESC LIMIT 1',
      );
      return { detalle: `al día; la última es ${rows[0]?.name ?? ''}` };
    }),
});

/** The check of the user's rights, which are the same for both pipelines. */
export const rightsCheck = (context: DatabaseContext): Check => ({
  paso: 'permisos',
  look: () => askDatabase(context, checkRights),
});

/** The check of a pipeline's run lock. */
export const runLockCheck = (paso: string, flujo: Flujo, context: DatabaseContext): Check => ({
  paso,
  look: () => askDatabase(context, (client) => checkRunLock(client, flujo)),
});

/** The check of the partitions of both pipelines' tables. */
export const partitionsCheck = (context: DatabaseContext): Check => ({
  paso: 'particiones',
  look: () => askDatabase(context, checkPartitions),
});

async function checkRights(client: Queryable): Promise<Finding> {
  const wanted = Object.entries(ETL_TABLE_RIGHTS).flatMap(([tabla, rights]) =>
    rights.map((right) => ({ tabla, right })),
  );
  const { rows } = await client.query<{ falta: string }>(
    `SELECT derecho || ' en ' || tabla AS falta
       FROM unnest($1::text[], $2::text[]) AS d (tabla, derecho)
      CROSS JOIN LATERAL (SELECT substring(derecho FROM '^[A-Z]+') AS accion, substring(derecho FROM '\\((.+)\\)') AS columna) AS p
      WHERE NOT CASE WHEN columna IS NULL THEN has_table_privilege(tabla, accion) ELSE has_column_privilege(tabla, columna, accion) END
     UNION ALL
     SELECT 'EXECUTE en ' || funcion FROM unnest($3::text[]) AS f (funcion)
      WHERE NOT has_function_privilege(funcion, 'EXECUTE')`,
    [wanted.map(({ tabla }) => tabla), wanted.map(({ right }) => right), ETL_FUNCTIONS],
  );
  if (rows.length > 0) {
    throw new PipelineError('BD_PERMISO', `Al usuario le falta ${rows.map(({ falta }) => falta).join(', ')}`);
  }
  return { detalle: 'el usuario puede todo lo que una carga hace' };
}

/**
 * Reads who holds the lock of a pipeline. Does not take the lock, so that a run that starts now is not skipped. A run that holds it is no
 * failure; any other holder is one, because it blocks every run.
 */
async function checkRunLock(client: Queryable, flujo: Flujo): Promise<Finding> {
  const [holder] = await readLockHolders(client, flujo);
  if (holder === undefined) return { detalle: 'libre' };
  const { ejecucionId: id, pid } = holder;
  if (id === null) {
    return {
      detalle: `lo tiene ${describeIntruder(holder)}`,
      revisar: `Averigüe quién es; mientras lo tenga, toda ejecución termina omitida. Se cierra, con un administrador, con ${pid === null ? 'ROLLBACK PREPARED' : `SELECT pg_terminate_backend(${pid})`}.`,
    };
  }
  const begun = await findBegun(client, id);
  return {
    detalle: `lo tiene la ejecución ${id}${begun === undefined ? ', que acaba de empezar' : ` (${begun.origen}) desde el ${toHora(begun.inicio)}`}; si muere, el servidor lo libera solo en dos minutos`,
  };
}

/** The names are those of `crear_particiones()`. */
async function checkPartitions(client: Queryable): Promise<Finding> {
  const { rows } = await client.query<{ particion: string; existe: boolean }>(
    `SELECT particion, to_regclass('public.' || particion) IS NOT NULL AS existe
       FROM (SELECT tabla || to_char(hoy + make_interval(months => mes), '_YYYY_MM')
               FROM (VALUES ('inventario_versiones', now() AT TIME ZONE 'UTC'), ('ventas', now() AT TIME ZONE $1::text)) AS t (tabla, hoy),
                    generate_series(0, 1) AS mes) AS p (particion)`,
    [ZONA],
  );
  const missing = rows.filter(({ existe }) => !existe).map(({ particion }) => particion);
  const problemas = [
    ...(missing.length > 0 ? [`falta ${missing.join(' y ')}`] : []),
    ...((await hasStrayRows(client, 'inventario')) ? ['hay versiones en inventario_versiones_default'] : []),
    ...((await hasStrayRows(client, 'ventas')) ? ['hay ventas en ventas_default'] : []),
  ];
  if (problemas.length === 0) return { detalle: 'las de este mes y el próximo están' };
  return { detalle: problemas.join('; '), revisar: GUIA_PARTICIONES };
}
