import { randomUUID } from 'node:crypto';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { parseEnv } from '../../lambdas/core/config/env.ts';
import type { KlkLimits } from '../../lambdas/core/klk/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { createLogger } from '../../lambdas/core/run/log.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { TunablesSchema, toTunables } from '../../lambdas/ventas-klk/config.ts';
import type { Tunables } from '../../lambdas/ventas-klk/config.ts';
import type { VentasRun } from '../../lambdas/ventas-klk/pipeline.ts';

const tienda = (letra: string, nombre: string): Tienda => ({
  id: `tienda_${letra}`,
  nombre,
  tipo: 'tienda',
  activa: true,
  almacenes: [{ codigo: `PISO-${letra}`, nombre: 'PISO DE VENTA' }],
  sucursalKlk: `SUC-${letra}`,
});

/** Two stores that sell. */
export const ALTAMIRA = tienda('a', 'ALTAMIRA');
export const BELLO_MONTE = tienda('b', 'BELLO MONTE');
export const TIENDAS: readonly Tienda[] = [ALTAMIRA, BELLO_MONTE];

/** What a test says about a run of the sales; the rest is as in production, with limits short enough for a test. */
export interface VentasOptions extends Partial<
  Pick<VentasRun['solicitud'], 'dryRun' | 'forzar' | 'desde' | 'hasta' | 'tiendas' | 'origen'>
> {
  readonly klk?: Partial<KlkLimits>;
  readonly tunables?: Partial<Omit<Tunables, 'klk'>>;
  readonly limitMs?: number;
  readonly klkUrl?: URL;
  /** Another way into the database than usual. */
  readonly database?: Partial<DatabaseSettings>;
  readonly readDatabaseSettings?: () => Promise<DatabaseSettings>;
  readonly publish?: VentasRun['publish'];
}

/** Where a run of the sales finds everything. */
export interface VentasSystems {
  readonly klkUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly database: DatabaseSettings;
}

/** Those of production, with shorter limits. A healthy KLK answers in time however busy the machine; a test of a silent one says how long it waits. */
const TUNABLES = toTunables(
  parseEnv(TunablesSchema, {
    KLK_TIMEOUT_MS: '10000',
    KLK_TIMEOUT_CONEXION_MS: '5000',
    KLK_REINTENTOS: '0',
    ETL_SENTENCIA_MS: '5000',
  }),
);

/** A run over these systems, whose deadline is already counting, at the time that `now` says. */
export function createVentasRun(
  { klkUrl, headers, database }: VentasSystems,
  now: () => Date,
  asked: VentasOptions = {},
): VentasRun {
  const ejecucionId = randomUUID();
  const { desde, hasta } = asked;
  return {
    ejecucionId,
    solicitud: {
      origen: asked.origen ?? 'manual',
      dryRun: asked.dryRun ?? false,
      forzar: asked.forzar ?? false,
      tiendas: asked.tiendas ?? TIENDAS,
      ...(desde !== undefined && { desde, hasta: hasta ?? desde }),
    },
    tunables: { ...TUNABLES, ...asked.tunables, klk: { ...TUNABLES.klk, ...asked.klk } },
    catalogo: TIENDAS,
    deadline: deadlineIn(asked.limitMs ?? 60_000),
    logger: createLogger(ejecucionId, 'ventas'),
    readKlkSettings: () => Promise.resolve({ baseUrl: asked.klkUrl ?? new URL(klkUrl), headers }),
    readDatabaseSettings:
      asked.readDatabaseSettings ?? (() => Promise.resolve({ ...database, ...asked.database })),
    readClock: () => Promise.resolve({ now }),
    ...(asked.publish !== undefined && { publish: asked.publish }),
  };
}
