import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';

/** Everything a loader needs to take a chain's inventory or sales from KLK to PostgreSQL. */
export interface Task {
  readonly klkUrl: string;
  readonly database: DatabaseSettings;
  readonly tiendas: readonly Tienda[];
  /** The days of sales to load, both included; undefined: what is due. */
  readonly dias?: { readonly desde: string; readonly hasta: string } | undefined;
}

/** Answers asked for at the same time; production's default, and the same for every loader. */
export const CONCURRENCIA = 3;

/** Loads all stores once. Returns the rows loaded. */
export type Loader = (task: Task) => Promise<number>;
