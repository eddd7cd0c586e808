import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { z } from 'zod';
import { toClientConfig } from '../../lambdas/shared/database-settings.ts';
import { HUELLA } from './database-state.ts';
import type { TestDatabase } from './database.ts';

const POLL_MS = 5;

const Read = z.array(z.object({ almacen_codigo: z.string(), huella: z.string() }));

/** What somebody saw who looked at the warehouses again and again. */
export interface WarehouseReader {
  /** Ends it. By warehouse, each sight that differed from the one before, as a fingerprint; '' where there were no rows. */
  stop(): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** Looks at every warehouse until stopped, on a connection of its own. */
export async function startWarehouseReader(
  database: TestDatabase,
  almacenes: readonly string[],
): Promise<WarehouseReader> {
  const client = new Client({ ...toClientConfig(database.admin), application_name: 'pruebas' });
  await client.connect();
  const seen = new Map<string, string[]>(almacenes.map((codigo) => [codigo, []]));

  const look = async (): Promise<void> => {
    const { rows } = await client.query(
      `SELECT almacen_codigo, ${HUELLA} AS huella FROM inventario_actual GROUP BY almacen_codigo`,
    );
    const now = new Map(Read.parse(rows).map(({ almacen_codigo, huella }) => [almacen_codigo, huella]));
    for (const [codigo, sights] of seen) {
      const sight = now.get(codigo) ?? '';
      if (sights.at(-1) !== sight) sights.push(sight);
    }
  };

  await look();
  const stopping = new AbortController();
  const looking = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await look();
      await sleep(POLL_MS);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await looking.finally(() => client.end());
      return seen;
    },
  };
}
