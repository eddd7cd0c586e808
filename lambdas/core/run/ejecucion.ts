import type { Queryable } from '../postgres/connection.ts';
import type { Origen, RunSummary } from './summary.ts';

/** A run that has begun, as its row records it. */
export interface Begun {
  readonly origen: string;
  readonly inicio: Date;
}

/** Closes the rows of runs that died, and returns how many. Only run `id`, which holds the lock, may call it: no other run is alive. */
export async function closeDeadEjecuciones(client: Queryable, id: string): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE etl_ejecuciones SET estado = 'abandonada', fin = clock_timestamp()
      WHERE estado = 'en_curso' AND id <> $1::uuid`,
    [id],
  );
  return rowCount ?? 0;
}

/** Opens the row of a run, unless it is open already. */
export async function openEjecucion(
  client: Queryable,
  run: { readonly id: string; readonly origen: Origen; readonly forzar: boolean },
): Promise<void> {
  await client.query(
    `INSERT INTO etl_ejecuciones (id, origen, forzar, inicio) VALUES ($1::uuid, $2::text, $3::boolean, clock_timestamp())
     ON CONFLICT (id) DO NOTHING`,
    [run.id, run.origen, run.forzar],
  );
}

/** Closes the row of a run with what happened; inserts it if the run never got as far as opening it. */
export async function closeEjecucion(client: Queryable, resumen: RunSummary, forzar: boolean): Promise<void> {
  const { totales, error } = resumen;
  await client.query(
    `INSERT INTO etl_ejecuciones
            (id, origen, forzar, inicio, fin, estado, tiendas, cargadas, fallidas, omitidas,
             extraidos, rechazados, inventario, historico, error_codigo, error_mensaje)
     VALUES ($1::uuid, $2::text, $3::boolean, clock_timestamp(), clock_timestamp(), $4::text, $5::integer, $6::integer,
             $7::integer, $8::integer, $9::integer, $10::integer, $11::integer, $12::integer, $13::text, $14::text)
     ON CONFLICT (id) DO UPDATE
        SET fin = excluded.fin, estado = excluded.estado, tiendas = excluded.tiendas, cargadas = excluded.cargadas,
            fallidas = excluded.fallidas, omitidas = excluded.omitidas, extraidos = excluded.extraidos,
            rechazados = excluded.rechazados, inventario = excluded.inventario, historico = excluded.historico,
            error_codigo = excluded.error_codigo, error_mensaje = excluded.error_mensaje`,
    [
      resumen.ejecucionId,
      resumen.origen,
      forzar,
      resumen.estado,
      totales.tiendas,
      totales.cargadas,
      totales.fallidas,
      totales.omitidas,
      totales.extraidos,
      totales.rechazados,
      totales.inventario,
      totales.historico,
      error?.codigo ?? null,
      error?.mensaje ?? null,
    ],
  );
}

/** The run of this id; undefined in the moment between taking the lock and opening the row. */
export async function findBegun(client: Queryable, id: string): Promise<Begun | undefined> {
  const { rows } = await client.query<Begun>(
    'SELECT origen, inicio FROM etl_ejecuciones WHERE id = $1::uuid',
    [id],
  );
  return rows[0];
}
