import { SERVICIO, SERVICIO_VENTAS } from '../config/contract.ts';

/**
 * The pipelines: how each calls itself in logs, metrics and the sessions of its runs, and the advisory lock of its run. Any number will do,
 * as long as every version of this program uses the same; locks are per database. 7_002_040 and those that follow are KLK's turns.
 */
export const FLUJOS = {
  inventario: { servicio: SERVICIO, lockKey: 7_002_030 },
  ventas: { servicio: SERVICIO_VENTAS, lockKey: 7_002_031 },
} as const;

/** A pipeline, as `etl_ejecuciones.flujo` names it. */
export type Flujo = keyof typeof FLUJOS;
