import { ETL_FUNCTIONS, ETL_TABLE_RIGHTS } from '../../core/config/etl-rights.ts';
import { PipelineError } from '../../core/errors/errors.ts';
import type { Check, Finding } from '../../core/diagnosis/checklist.ts';
import type { Queryable } from '../../core/postgres/connection.ts';
import { toHora, ZONA } from '../../core/config/locale.ts';
import { hasStrayVersiones } from '../load/prepare-database.ts';
import type { QuestionContext } from '../../core/run/question.ts';
import { askDatabase } from '../../core/run/question.ts';
import { findBegun } from '../../core/run/ejecucion.ts';
import type { Flujo } from '../../core/run/flujo.ts';
import { describeIntruder, readLockHolders } from '../../core/run/lock-holders.ts';

const GUIA_PARTICIONES = 'Siga «Filas en la partición por defecto» en docs/operacion.md.';

/** Checks that the database has our schema, on which the other checks depend. */
export const migrationsCheck = (systems: QuestionContext): Check => ({
  paso: 'migraciones',
  look: () =>
    askDatabase(systems, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        'SELECT name FROM migraciones ORDER BY id DESC LIMIT 1',
      );
      return { detalle: `al día; la última es ${rows[0]?.name ?? ''}` };
    }),
});

/** Rights, run lock and partitions: what a load needs. Each is independent of the others. */
export const schemaChecks = (systems: QuestionContext): Check[] => [
  { paso: 'permisos', look: () => askDatabase(systems, checkRights) },
  { paso: 'turno', look: () => askDatabase(systems, (client) => checkRunLock(client, 'inventario')) },
  { paso: 'particiones', look: () => askDatabase(systems, checkPartitions) },
];

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
 * Reads who holds the lock of a pipeline and does not try to take it: a run that starts now must not find it taken. A running run is no failure; any
 * other holder is, because it blocks every run.
 */
export async function checkRunLock(client: Queryable, flujo: Flujo): Promise<Finding> {
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
  const stray = { versiones: await hasStrayVersiones(client), ventas: await hasStrayVentas(client) };
  if (missing.length === 0 && !stray.versiones && !stray.ventas)
    return { detalle: 'las de este mes y el próximo están' };
  const problemas = [
    ...(missing.length > 0 ? [`falta ${missing.join(' y ')}`] : []),
    ...(stray.versiones ? ['hay versiones en inventario_versiones_default'] : []),
    ...(stray.ventas ? ['hay ventas en ventas_default'] : []),
  ];
  return { detalle: problemas.join('; '), revisar: GUIA_PARTICIONES };
}

/** Whether lines of some month fell into the default partition because that month had none. */
async function hasStrayVentas(client: Queryable): Promise<boolean> {
  const { rows } = await client.query<{ hay: boolean }>('SELECT EXISTS (SELECT FROM ventas_default) AS hay');
  return rows[0]?.hay === true;
}
