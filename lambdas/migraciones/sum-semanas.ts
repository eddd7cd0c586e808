import type { Client } from 'pg';
import type { DatabaseSettings } from '../core/postgres/settings.ts';
import { ZONA } from '../core/config/locale.ts';
import { withClient } from './migration-session.ts';

/** A whole week of a store, from a Monday. */
interface Semana {
  readonly tienda: string;
  /** `YYYY-MM-DD`. */
  readonly lunes: string;
}

/**
 * Sums the weeks of sales that are over and that were never summed, or whose lines changed since, each in a transaction of its own: loads of its days wait
 * some 50 ms. None is begun after `limitMs`. Returns how many; the API reads the days of the others.
 * @throws PipelineError `BD_BLOQUEO` when a day is being written for longer than a load may wait; `BD_*` otherwise
 */
export async function sumSemanas(settings: DatabaseSettings, limitMs = Infinity): Promise<number> {
  return withClient(settings, async (client) => {
    const end = performance.now() + limitMs;
    let sumadas = 0;
    for (const { tienda, lunes } of await findSemanas(client)) {
      if (performance.now() >= end) break;
      await client.query('SELECT sumar_semana($1::text, $2::date)', [tienda, lunes]);
      sumadas += 1;
    }
    return sumadas;
  });
}

/** The newest first: they are asked for most. */
async function findSemanas(client: Client): Promise<Semana[]> {
  const { rows } = await client.query<Semana>(
    `SELECT ubicacion_id AS tienda, lunes::text
       FROM (SELECT ubicacion_id, en_semana, dia - (extract(isodow FROM dia)::integer - 1) AS lunes FROM ventas_dias) AS d
      WHERE lunes + 7 <= (now() AT TIME ZONE $1::text)::date
      GROUP BY ubicacion_id, lunes
     HAVING count(*) = 7 AND NOT bool_and(en_semana)
      ORDER BY lunes DESC, ubicacion_id`,
    [ZONA],
  );
  return rows;
}
