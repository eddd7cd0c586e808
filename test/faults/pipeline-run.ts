import { randomUUID } from 'node:crypto';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import type { KlkLimits } from '../../lambdas/core/klk/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { createLogger } from '../../lambdas/core/run/log.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import type { Tunables } from '../../lambdas/inventario-klk/config.ts';
import type { InventarioRun } from '../../lambdas/inventario-klk/pipeline.ts';

const tienda = (letra: string, nombre: string, almacenes: readonly string[]): Tienda => ({
  id: `tienda_${letra}`,
  nombre,
  tipo: 'tienda',
  activa: true,
  almacenes: almacenes.map((codigo) => ({ codigo, nombre: 'PISO DE VENTA' })),
  sucursalKlk: `SUC-${letra}`,
});

/** Two stores, one of them with two warehouses: codes `AAA`, `BBB` and `CCC`. */
export const TIENDAS: readonly Tienda[] = [
  tienda('a', 'ALTAMIRA', ['AAA']),
  tienda('b', 'BELLO MONTE', ['BBB', 'CCC']),
];

/** Warehouse codes of `TIENDAS`. */
export const ALMACENES = ['AAA', 'BBB', 'CCC'] as const;

/** The first store alone, with one warehouse. */
export const ONE_STORE = { tiendas: TIENDAS.slice(0, 1) };

/** What a test says about a run; the rest is as in production, with limits short enough for a test. */
export interface RunOptions {
  readonly dryRun?: boolean;
  readonly forzar?: boolean;
  readonly tiendas?: readonly Tienda[];
  readonly klk?: Partial<KlkLimits>;
  readonly statementTimeoutMs?: number;
  readonly limitMs?: number;
  readonly klkUrl?: string;
  /** Another way into the database than the proxy. */
  readonly database?: Partial<DatabaseSettings>;
  readonly readDatabaseSettings?: () => Promise<DatabaseSettings>;
}

/** A healthy KLK answers in time however busy the machine; a test of a silent one says how long it waits. */
const TUNABLES: Tunables = {
  klk: {
    timeoutMs: 10_000,
    connectTimeoutMs: 5_000,
    retries: 0,
    concurrency: 3,
    maxBytes: 1_000_000,
    acceptBareList: false,
  },
  statementTimeoutMs: 5_000,
  thresholds: { badRows: 0.01, lost: 0.3, gone: 0.3, unknown: 0.5, altered: 0.3 },
};

/** Longer than any run that is not about time. */
const LIMIT_MS = 20_000;

/** A run over these systems, against which its real deadline is already counting. */
export function createRun(
  systems: {
    readonly klkUrl: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly database: DatabaseSettings;
  },
  options: RunOptions = {},
): InventarioRun {
  const ejecucionId = randomUUID();
  const { dryRun = false, forzar = false, tiendas = TIENDAS } = options;
  const baseUrl = new URL(options.klkUrl ?? systems.klkUrl);
  return {
    ejecucionId,
    solicitud: { origen: 'manual', dryRun, forzar, tiendas },
    tunables: {
      ...TUNABLES,
      klk: { ...TUNABLES.klk, ...options.klk },
      statementTimeoutMs: options.statementTimeoutMs ?? TUNABLES.statementTimeoutMs,
    },
    deadline: deadlineIn(options.limitMs ?? LIMIT_MS),
    logger: createLogger(ejecucionId, 'inventario'),
    readKlkSettings: () => Promise.resolve({ baseUrl, headers: systems.headers }),
    readDatabaseSettings:
      options.readDatabaseSettings ?? (() => Promise.resolve({ ...systems.database, ...options.database })),
  };
}

/** Of the ten seconds that the Lambda keeps back by default for writing down how a run ended. */
const MARGIN_MS = 4_000;

/** When a run with these options must be over, in milliseconds: at its deadline, and a part of the margin later. */
export const limitOf = ({ limitMs = LIMIT_MS }: RunOptions): number => limitMs + MARGIN_MS;
