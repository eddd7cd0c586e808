import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { z } from 'zod';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { VISTAZO } from './database-state.ts';
import type { TestDatabase } from './database.ts';
import type { Existencias } from './existencias.ts';

const POLL_MS = 5;

const Read = z.array(z.object({ almacen_codigo: z.string(), vistazo: z.string() }));

/** By warehouse, each sight that differed from the one before, as a fingerprint; '' where there were no rows. */
export type Sights = ReadonlyMap<string, readonly string[]>;

/** Whether somebody who sees this stock, all of it of one moment and nothing else, has this sight. */
export function isSightOf(sight: string, stocks: Existencias): boolean {
  const [count, sum, from, to] = sight.split('|');
  const total = [...stocks.values()].reduce((total, stock) => total + stock, 0);
  // The sum of decimals that binary floating point can hold only nearly.
  return Number(count) === stocks.size && Math.abs(Number(sum) - total) < 0.0005 && from === to;
}

/** Somebody who looks at the warehouses, on a connection of their own. */
export interface WarehouseReader {
  /** Looks again and again while `fn` runs. */
  during<T>(fn: () => Promise<T>): Promise<{ readonly result: T; readonly sights: Sights }>;
  close(): Promise<void>;
}

/** Connects as somebody who looks at these warehouses. */
export async function openWarehouseReader(
  database: TestDatabase,
  almacenes: readonly string[],
): Promise<WarehouseReader> {
  const client = new Client({ ...toClientConfig(database.admin), application_name: 'pruebas' });
  await client.connect();

  const look = async (seen: ReadonlyMap<string, string[]>): Promise<void> => {
    const { rows } = await client.query(
      `SELECT almacen_codigo, ${VISTAZO} AS vistazo FROM inventario_actual GROUP BY almacen_codigo`,
    );
    const now = new Map(Read.parse(rows).map(({ almacen_codigo, vistazo }) => [almacen_codigo, vistazo]));
    for (const [codigo, sights] of seen) {
      const sight = now.get(codigo) ?? '';
      if (sights.at(-1) !== sight) sights.push(sight);
    }
  };

  return {
    async during(fn) {
      const sights = new Map<string, string[]>(almacenes.map((codigo) => [codigo, []]));
      await look(sights);
      const over = new AbortController();
      const looking = async (): Promise<void> => {
        while (!over.signal.aborted) {
          await look(sights);
          await sleep(POLL_MS);
        }
      };
      const working = fn().finally(() => {
        over.abort();
      });
      const [result] = await Promise.all([working, looking()]);
      return { result, sights };
    },
    close: () => client.end(),
  };
}
