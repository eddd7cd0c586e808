import type { Tienda } from '../../core/config/catalogo.ts';
import type { Connection, Queryable } from '../../core/postgres/connection.ts';
import { withRetries } from '../../core/postgres/retry.ts';
import { ensureUbicaciones } from '../../core/run/ensure-ubicaciones.ts';
import type { Clock } from '../../core/time/clock.ts';
import { addDias, diaAt } from '../../core/time/dia.ts';
import type { Solicitud } from '../event.ts';
import type { TramoConocido } from '../tramo.ts';
import {
  ensureTramos,
  markPedidos,
  readLineasPorHora,
  readSinVentas,
  readTramos,
  readTramosAbiertos,
} from './read-tramos.ts';

/** Days before today that are wanted, unless the configuration says since when. */
const DIAS_SIN_CONFIGURAR = 7;

/** Reads the time that decides which slices are due and which of two answers is newer. */
export type ReadClock = (client: Queryable) => Promise<Clock>;

/** What a run knows before it asks KLK. */
export interface Known {
  readonly clock: Clock;
  /** The slices that were asked for, or those of which some may be due. */
  readonly tramos: readonly TramoConocido[];
  /** Lines that a store sells by the hour. */
  readonly lineasPorHora: ReadonlyMap<string, readonly number[]>;
  /** Stores for which KLK answers and never had a line. */
  readonly sinVentas: readonly string[];
}

/**
 * Inserts the stores and slices that the database lacks, and reads its clock and its ledger.
 * @throws PipelineError `BD_*`, or the signal's reason
 */
export async function prepareDatabase(
  connection: Connection,
  { tiendas, desde, hasta }: Solicitud,
  ventasDesde: string | undefined,
  readClock: ReadClock,
  signal: AbortSignal,
): Promise<Known> {
  const ids = tiendas.map(({ id }) => id);
  const asked = desde === undefined || hasta === undefined ? undefined : { desde, hasta };
  // Independent statements, so no transaction.
  return withRetries(signal, () =>
    connection.use(async (client) => {
      const [, clock] = await Promise.all([ensureUbicaciones(client, tiendas), readClock(client)]);
      const momento = clock.now();
      const hoy = diaAt(momento);
      const wanted = asked ?? { desde: firstDia(hoy, ventasDesde), hasta: hoy };
      const [, , tramos, lineasPorHora, sinVentas] = await Promise.all([
        ensureTramos(client, ids, wanted, hoy, asked === undefined),
        asked && markPedidos(client, ids, asked, momento),
        asked === undefined
          ? readTramosAbiertos(client, ids, momento, ventasDesde)
          : readTramos(client, ids, asked),
        readLineasPorHora(client, ids, hoy),
        readSinVentas(client, ids),
      ]);
      return { clock, tramos, lineasPorHora, sinVentas };
    }, signal),
  );
}

/** The first day that is wanted; today when the configuration names a later one. */
function firstDia(hoy: string, ventasDesde: string | undefined): string {
  const first = ventasDesde ?? addDias(hoy, -DIAS_SIN_CONFIGURAR);
  return first < hoy ? first : hoy;
}

/** At most so many past runs are read. */
const RECENT_RUNS = 20;

/** The stores that the last run with a record of them did not ask, because its breaker was open. */
export async function readDebidos(
  client: Queryable,
  tiendas: readonly Tienda[],
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ tienda: string }>(
    `WITH recientes AS (
       SELECT id, inicio FROM etl_ejecuciones
        -- A run of the future is an error of the clock.
        WHERE flujo = 'ventas' AND inicio <= clock_timestamp() ORDER BY inicio DESC LIMIT $2::integer
     )
     SELECT v.ubicacion_id AS tienda
       FROM etl_ejecucion_ventas v JOIN recientes r ON r.id = v.ejecucion_id
      WHERE v.ejecucion_id = ANY (ARRAY(SELECT id FROM recientes)) AND v.ubicacion_id = ANY ($1::text[])
      GROUP BY v.ubicacion_id
     HAVING (array_agg(v.error_codigo ORDER BY r.inicio DESC))[1] = 'KLK_CAIDA'`,
    [tiendas.map(({ id }) => id), RECENT_RUNS],
  );
  return new Set(rows.map(({ tienda }) => tienda));
}
