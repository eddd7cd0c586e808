import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { ESTADO } from './inventory-state.ts';

/** Rows and history of a warehouse, as one reader saw them at one moment. */
export interface Estado {
  readonly inventario: string | null;
  readonly historico: string | null;
}

/**
 * Runs `work` while a reader on a connection of its own looks at a warehouse again and again, as a dashboard does. Returns each
 * state seen that differs from the one before.
 */
export async function watchAlmacen(
  settings: DatabaseSettings,
  almacen: string,
  work: () => Promise<unknown>,
): Promise<Estado[]> {
  const client = new Client(toClientConfig(settings));
  await client.connect();
  const seen: Estado[] = [];
  const look = async (): Promise<void> => {
    const { rows } = await client.query<Estado>(ESTADO, [almacen]);
    seen.push(...rows.filter((estado) => JSON.stringify(estado) !== JSON.stringify(seen.at(-1))));
  };
  const progress = { ended: false };
  try {
    await look();
    const working = work().finally(() => (progress.ended = true));
    while (!progress.ended) {
      await look();
      await sleep(1);
    }
    await working;
    await look();
  } finally {
    await client.end();
  }
  return seen;
}
