import type { Logger } from '@aws-lambda-powertools/logger';
import type { PipelineError } from '../core/errors/errors.ts';
import { MENSAJE_RECHAZO } from '../core/config/contract.ts';
import { logFailure, MENSAJES_PREGUNTA } from '../core/run/log.ts';
import type { Fase } from '../core/run/summary.ts';
import type { RechazoVenta } from './transform/rows.ts';

/** Messages of the log lines about one slice; the live list of `bin/` and the tests read them from here. */
export const MENSAJES_TRAMO = {
  ...MENSAJES_PREGUNTA,
  forzado: 'Ventas aceptadas por orden de una persona',
  validado: 'Ventas validadas',
  cargado: 'Ventas cargadas',
  igual: 'Ventas sin cambios',
  fallido: 'Tramo fallido',
  pendiente: 'Tramo dejado para otra ejecución',
  partido: 'Tramo demasiado grande, se pregunta por partes',
} as const;

/** Messages of the log lines about the run as a whole. */
export const MENSAJES_VENTAS = {
  simulacion: 'Simulación: no se evalúa lo que exige comparar con las ventas de la base',
  sinAntecedentes: 'No se pudo leer cómo dejaron las tiendas las ejecuciones anteriores',
  sinVentas:
    'KLK contesta por estas tiendas y nunca ha dado una venta suya: compruebe su código de sucursal y su enlace con KLK',
  sinPartir: 'No se pudieron partir tramos grandes',
  sinRegistrar: 'No se pudo anotar en la base lo que pasó con las ventas',
} as const;

/** At most so many rejected lines of a slice are logged one by one; the rest is in the counts and in `ventas_rechazos`. */
const MAX_LOGGED = 5;

export function logRechazos(logger: Logger, fase: Fase, rechazos: readonly RechazoVenta[]): void {
  for (const { numeroFactura, linea, producto, motivo } of rechazos.slice(0, MAX_LOGGED)) {
    logger.warn(MENSAJE_RECHAZO, { fase, factura: numeroFactura, linea, producto, motivo });
  }
}

/** A refusal that a person overruled by naming the store and the day. */
export function logForzado(logger: Logger, fase: Fase, { codigo, message }: PipelineError): void {
  logger.warn(MENSAJES_TRAMO.forzado, { fase, codigo, motivo: message });
}

export function logFallido(
  logger: Logger,
  estado: 'fallido' | 'pendiente',
  fase: Fase,
  error: PipelineError,
): void {
  logFailure(logger, MENSAJES_TRAMO[estado], error, { fase });
}
