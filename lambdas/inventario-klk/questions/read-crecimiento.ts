import { ZONA } from '../../core/config/locale.ts';
import type { Queryable } from '../../core/postgres/connection.ts';

/** What the runs of one day added to the history. */
export interface CrecimientoDia {
  /** In the time zone of the stores, `2026-11-24`. */
  readonly dia: string;
  /** Versions that ended. */
  readonly versiones: number;
  /** Of them, those followed by another price. */
  readonly preciosCambiados: number;
}

/** The versions that ended in one month, which form one partition. */
interface CrecimientoMes {
  /** In UTC, `2026-11`. */
  readonly mes: string;
  /** The database's estimate: counting would take minutes. */
  readonly versiones: number;
  /** With their indexes. */
  readonly bytes: number;
}

/** How the history grows; days and months in which nothing ended are left out. */
export interface Crecimiento {
  /** The past 30 days, newest first. */
  readonly dias: readonly CrecimientoDia[];
  /** Every month that is kept, newest first. */
  readonly meses: readonly CrecimientoMes[];
}

/** How the history grows. */
export async function readCrecimiento(client: Queryable): Promise<Crecimiento> {
  return { dias: await readDias(client), meses: await readMeses(client) };
}

async function readDias(client: Queryable): Promise<CrecimientoDia[]> {
  const { rows } = await client.query<CrecimientoDia>(
    `SELECT to_char(e.inicio AT TIME ZONE $1::text, 'YYYY-MM-DD') AS dia, sum(m.historico)::integer AS versiones,
            sum(m.precios_cambiados)::integer AS "preciosCambiados"
       FROM etl_ejecuciones e JOIN etl_ejecucion_almacenes m ON m.ejecucion_id = e.id
      WHERE e.inicio > now() - interval '30 days' AND e.inicio <= now()
      GROUP BY dia HAVING sum(m.historico) > 0 ORDER BY dia DESC`,
    [ZONA],
  );
  return rows;
}

/** Versions are only added, so the greater of two estimates is the newer. */
async function readMeses(client: Queryable): Promise<CrecimientoMes[]> {
  const { rows } = await client.query<CrecimientoMes>(
    `SELECT mes, versiones, pg_total_relation_size(oid)::float8 AS bytes
       FROM (SELECT c.oid, replace(right(c.relname, 7), '_', '-') AS mes,
                    greatest(c.reltuples, pg_stat_get_live_tuples(c.oid))::float8 AS versiones
               FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
              WHERE i.inhparent = 'public.inventario_versiones'::regclass
                AND c.relname ~ '^inventario_versiones_\\d{4}_\\d{2}$') AS particion
      WHERE versiones > 0 ORDER BY mes DESC`,
  );
  return rows;
}
