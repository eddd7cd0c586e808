import { randomUUID } from 'node:crypto';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { createLogger } from '../../lambdas/core/run/log.ts';
import type { InventarioRun } from '../../lambdas/inventario-klk/pipeline.ts';
import type { Tunables } from '../../lambdas/inventario-klk/config.ts';
import type { KlkLimits } from '../../lambdas/core/klk/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';

/** Goes to KLK with every request, and to no output. */
export const HEADER_CANARY = 'CANARIO-DE-LA-CABECERA';

/** Two stores, one of them with two warehouses: codes `AAA`, `BBB` and `CCC`. */
export const TIENDAS: readonly Tienda[] = [
  {
    id: 'tienda_a',
    nombre: 'ALTAMIRA',
    tipo: 'tienda',
    activa: true,
    almacenes: [{ codigo: 'AAA', nombre: 'PISO DE VENTA' }],
    sucursalKlk: 'SUC901',
  },
  {
    id: 'tienda_b',
    nombre: 'BELLO MONTE',
    tipo: 'tienda',
    activa: true,
    almacenes: [
      { codigo: 'BBB', nombre: 'PISO DE VENTA' },
      { codigo: 'CCC', nombre: 'DEPOSITO' },
    ],
    sucursalKlk: 'SUC902',
  },
];

/** Warehouse codes of `TIENDAS`. */
export const ALMACENES = TIENDAS.flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo));

/** What a test says about a run; the rest is as in production, with limits short enough for a test. */
export interface RunOptions {
  readonly dryRun?: boolean;
  readonly forzar?: boolean;
  readonly tiendas?: readonly Tienda[];
  readonly klk?: Partial<KlkLimits>;
  readonly statementTimeoutMs?: number;
  readonly limitMs?: number;
  readonly klkUrl?: URL;
  readonly readDatabaseSettings?: () => Promise<DatabaseSettings>;
}

const TUNABLES: Tunables = {
  klk: {
    timeoutMs: 2_000,
    connectTimeoutMs: 1_000,
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
  systems: { readonly klkUrl: URL; readonly database: DatabaseSettings },
  options: RunOptions = {},
): InventarioRun {
  const ejecucionId = randomUUID();
  const { dryRun = false, forzar = false, tiendas = TIENDAS } = options;
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
    readKlkSettings: () =>
      Promise.resolve({ baseUrl: options.klkUrl ?? systems.klkUrl, headers: { 'x-clave': HEADER_CANARY } }),
    readDatabaseSettings: options.readDatabaseSettings ?? (() => Promise.resolve(systems.database)),
  };
}

/** Of the ten seconds that the Lambda keeps back by default for writing down how a run ended. */
const MARGIN_MS = 4_000;

/** When a run with these options must be over, in milliseconds: at its deadline, and a part of the margin later. */
export const limitOf = ({ limitMs = LIMIT_MS }: RunOptions): number => limitMs + MARGIN_MS;
