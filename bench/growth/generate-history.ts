import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/shared/database-settings.ts';
import type { DatabaseSettings } from '../../lambdas/shared/database-settings.ts';

/** Versions of every current row, one after the other back in time, each holding as long. */
export interface Stretch {
  readonly versions: number;
  readonly minutes: number;
}

const SESSIONS = 2;

/**
 * Writes history that ends where each current row begins, the stretch named first last. Every month is written into a table of its
 * own, which becomes a partition once its index is built. Returns the rows.
 */
export async function generateHistory(
  settings: DatabaseSettings,
  stretches: readonly Stretch[],
): Promise<number> {
  const client = await connect(settings);
  const { rows: limits } = await client.query<{ first: Date; last: Date }>(
    'SELECT min(vigente_desde) AS first, max(vigente_desde) AS last FROM inventario_actual',
  );
  const [limit] = limits;
  if (limit === undefined) throw new Error('there are no current rows');
  const pending = monthsOf(stretches, limit);
  let rows = 0;
  const work = async (): Promise<void> => {
    const session = await connect(settings);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const generated = await generateMonth(session, next);
      rows += generated;
    }
    await session.end();
  };
  await Promise.all(Array.from({ length: SESSIONS }, work));
  await client.query('VACUUM (ANALYZE) inventario_historico');
  await client.end();
  return rows;
}

/** A month, and how many minutes before the current rows its versions begin and end. */
interface Month {
  readonly from: Date;
  readonly to: Date;
  readonly versions: readonly { readonly begin: number; readonly end: number }[];
}

function monthsOf(stretches: readonly Stretch[], { first, last }: { first: Date; last: Date }): Month[] {
  let end = 0;
  const versions = stretches.flatMap(({ versions: count, minutes }) =>
    Array.from({ length: count }, () => {
      const version = { begin: end + minutes, end };
      end += minutes;
      return version;
    }),
  );
  const months: Month[] = [];
  const oldest = new Date(first.getTime() - end * 60_000);
  let from = new Date(Date.UTC(oldest.getUTCFullYear(), oldest.getUTCMonth()));
  while (from <= last) {
    const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1));
    const [atLeast, atMost] = [first.getTime() - to.getTime(), last.getTime() - from.getTime()];
    const inside = versions.filter(({ begin }) => begin * 60_000 >= atLeast && begin * 60_000 <= atMost);
    months.push({ from, to, versions: inside.toReversed() });
    from = to;
  }
  return months;
}

async function generateMonth(client: Client, { from, to, versions }: Month): Promise<number> {
  const name = `inventario_historico_${from.toISOString().slice(0, 7).replace('-', '_')}`;
  // Those of the present were made by the migrations, and are empty.
  await client.query(`DROP TABLE IF EXISTS ${name}`);
  await client.query(`CREATE TABLE ${name} (LIKE inventario_historico INCLUDING CONSTRAINTS)`);
  let rows = 0;
  for (const { begin, end } of versions) {
    const { rowCount } = await client.query(
      `INSERT INTO ${name} (ubicacion_id, almacen_codigo, producto_id, cantidad, fecha_snapshot, fecha_reemplazo)
       SELECT ubicacion_id, almacen_codigo, producto_id, cantidad + $1::integer / 30 % 90,
              vigente_desde - make_interval(mins => $1::integer), vigente_desde - make_interval(mins => $2::integer)
         FROM inventario_actual
        WHERE vigente_desde - make_interval(mins => $1::integer) >= $3::timestamptz
          AND vigente_desde - make_interval(mins => $1::integer) < $4::timestamptz`,
      [begin, end, from, to],
    );
    rows += rowCount ?? 0;
  }
  await client.query(
    `ALTER TABLE ${name} ADD PRIMARY KEY (ubicacion_id, almacen_codigo, fecha_snapshot, producto_id)`,
  );
  await client.query(
    `ALTER TABLE inventario_historico ATTACH PARTITION ${name} FOR VALUES FROM ('${from.toISOString()}') TO ('${to.toISOString()}')`,
  );
  return rows;
}

async function connect(settings: DatabaseSettings): Promise<Client> {
  const client = new Client(toClientConfig(settings));
  await client.connect();
  await client.query(`SET synchronous_commit = off; SET maintenance_work_mem = '512MB'`);
  return client;
}
