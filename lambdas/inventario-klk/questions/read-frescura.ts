import type { Queryable } from '../../core/postgres/connection.ts';

/** How one warehouse of the database stands. */
export interface Frescura {
  readonly almacen: string;
  readonly ultimaCarga: Date | null;
  /** Since the last accepted extraction, negative when that lies in the future; null when it never was loaded. */
  readonly segundos: number | null;
  readonly articulos: number;
  readonly negativos: number;
  /** The last run that processed it, null for none; runs that lie in the future do not count. */
  readonly ultimoIntento: Intento | null;
}

/** What a run did with a warehouse. */
interface Intento {
  readonly ejecucionId: string;
  /** ISO 8601: it comes from JSON. */
  readonly inicio: string;
  readonly estado: string;
  readonly errorCodigo: string | null;
  readonly rechazados: number;
}

/** The statement of `readFrescura`; its growth is measured (bench/results/growth.md). */
export const FRESCURA = `
  SELECT a.codigo AS almacen, s.extraccion AS "ultimaCarga",
          extract(epoch FROM clock_timestamp() - s.extraccion)::float8 AS segundos,
          i.articulos, i.negativos, u.intento AS "ultimoIntento"
     FROM almacenes a
    CROSS JOIN LATERAL (SELECT max(extraccion) AS extraccion FROM almacen_snapshots WHERE almacen_codigo = a.codigo) AS s
    CROSS JOIN LATERAL (
          SELECT count(*)::integer AS articulos, (count(*) FILTER (WHERE cantidad < 0))::integer AS negativos
            FROM inventario_vigente WHERE almacen_codigo = a.codigo) AS i
     LEFT JOIN LATERAL (
          SELECT jsonb_build_object('ejecucionId', e.id, 'inicio', e.inicio, 'estado', m.estado,
                                    'errorCodigo', m.error_codigo, 'rechazados', m.rechazados) AS intento
            FROM etl_ejecuciones e
            JOIN etl_ejecucion_almacenes m ON m.ejecucion_id = e.id AND m.almacen_codigo = a.codigo
           WHERE e.inicio <= clock_timestamp()
           ORDER BY e.inicio DESC LIMIT 1) AS u ON true
    ORDER BY a.codigo`;

/** How every warehouse that the database knows stands. */
export async function readFrescura(client: Queryable): Promise<Frescura[]> {
  const { rows } = await client.query<Frescura>(FRESCURA);
  return rows;
}
