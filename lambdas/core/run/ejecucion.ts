import type { Queryable } from '../postgres/connection.ts';
import type { Flujo } from './flujo.ts';
import type { Origen, RunSummary } from './summary.ts';

/** A run that has begun, as its row records it. */
export interface Begun {
  readonly origen: string;
  readonly inicio: Date;
}

/**
 * Closes the rows of the pipeline's runs that died, and returns how many. Only run `id`, which holds the pipeline's lock, may call it: no
 * other run of it is alive.
 */
export async function closeDeadEjecuciones(client: Queryable, flujo: Flujo, id: string): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE etl_ejecuciones SET estado = 'abandonada', fin = clock_timestamp()
      WHERE estado = 'en_curso' AND flujo = $1::text AND id <> $2::uuid`,
    [flujo, id],
  );
  return rowCount ?? 0;
}

/** Opens the row of a run, unless it is open already. */
export async function openEjecucion(
  client: Queryable,
  flujo: Flujo,
  run: { readonly id: string; readonly origen: Origen; readonly forzar: boolean },
): Promise<void> {
  await client.query(
    `INSERT INTO etl_ejecuciones (id, flujo, origen, forzar, inicio)
     VALUES ($1::uuid, $2::text, $3::text, $4::boolean, clock_timestamp())
     ON CONFLICT (id) DO NOTHING`,
    [run.id, flujo, run.origen, run.forzar],
  );
}

/** Sums that only some pipelines have, as columns of `etl_ejecuciones`, with their types. */
const OWN_SUMS = {
  inventario: 'integer',
  historico: 'integer',
  lineas_nuevas: 'integer',
  lineas_cambiadas: 'integer',
  lineas_retiradas: 'integer',
  tramos_leidos: 'integer',
  tramos_fallidos: 'integer',
  tramos_pendientes: 'integer',
  venta_total: 'numeric',
} as const;

type OwnSum = keyof typeof OWN_SUMS;

/** A pipeline's own sums over a run; what it leaves out it does not have. Amounts are decimal text. */
export type OwnSums = Readonly<Partial<Record<OwnSum, number | string>>>;

const isOwnSum = (columna: string): columna is OwnSum => columna in OWN_SUMS;
const OWN_COLUMNS = Object.keys(OWN_SUMS).filter(isOwnSum);

/** What a run came to, as its row records it. */
const FINALES = [
  'estado',
  'fin',
  'tiendas',
  'cargadas',
  'fallidas',
  'omitidas',
  'extraidos',
  'rechazados',
  'error_codigo',
  'error_mensaje',
  ...OWN_COLUMNS,
];

const CLOSE = `
  INSERT INTO etl_ejecuciones (id, flujo, origen, forzar, inicio, ${FINALES.join(', ')})
  VALUES ($1::uuid, $2::text, $3::text, $4::boolean, clock_timestamp(), $5::text, clock_timestamp(), $6::integer, $7::integer,
          $8::integer, $9::integer, $10::integer, $11::integer, $12::text, $13::text,
          ${OWN_COLUMNS.map((columna, index) => `$${index + 14}::${OWN_SUMS[columna]}`).join(', ')})
  ON CONFLICT (id) DO UPDATE SET ${FINALES.map((columna) => `${columna} = excluded.${columna}`).join(', ')}`;

/** Closes the row of a run with what happened; inserts it if the run never got as far as opening it. */
export async function closeEjecucion(
  client: Queryable,
  flujo: Flujo,
  resumen: RunSummary,
  forzar: boolean,
  sumas: OwnSums,
): Promise<void> {
  const { totales, error } = resumen;
  await client.query(CLOSE, [
    resumen.ejecucionId,
    flujo,
    resumen.origen,
    forzar,
    resumen.estado,
    totales.tiendas,
    totales.cargadas,
    totales.fallidas,
    totales.omitidas,
    totales.extraidos,
    totales.rechazados,
    error?.codigo ?? null,
    error?.mensaje ?? null,
    ...OWN_COLUMNS.map((columna) => sumas[columna] ?? null),
  ]);
}

/** The run of this id; undefined in the moment between taking the lock and opening the row. */
export async function findBegun(client: Queryable, id: string): Promise<Begun | undefined> {
  const { rows } = await client.query<Begun>(
    'SELECT origen, inicio FROM etl_ejecuciones WHERE id = $1::uuid',
    [id],
  );
  return rows[0];
}
