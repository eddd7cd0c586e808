import type { Queryable } from '../../core/postgres/connection.ts';

/** A run of one of the pipelines. */
export interface Ejecucion {
  readonly id: string;
  readonly flujo: 'inventario' | 'ventas';
  readonly origen: string;
  readonly estado: string;
  readonly inicio: string;
  readonly fin: string | null;
  readonly codigo: string | null;
  readonly mensaje: string | null;
}

const MAX = 20;

/** The last runs, newest first. */
export async function readEjecuciones(client: Queryable): Promise<readonly Ejecucion[]> {
  const { rows } = await client.query<Ejecucion>(
    `SELECT id, flujo, origen, estado, consultas.iso(inicio) AS inicio, consultas.iso(fin) AS fin,
            error_codigo AS codigo, error_mensaje AS mensaje
       FROM consultas.ejecuciones ORDER BY ejecuciones.inicio DESC, id LIMIT $1::integer`,
    [MAX],
  );
  return rows;
}
