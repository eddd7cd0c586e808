import type { Logger } from '@aws-lambda-powertools/logger';
import type { PipelineError } from '../core/errors/errors.ts';
import { MENSAJE_RECHAZO } from '../core/config/contract.ts';
import { logFailure, MENSAJES_PREGUNTA } from '../core/run/log.ts';
import type { TimedAnswer } from './extract/fetch-inventario.ts';
import type { Fase } from '../core/run/summary.ts';
import type { Transformed } from './transform/transform-inventario.ts';

/** Messages of the log lines about one warehouse; the live list of `bin/` and the tests read them from here. */
export const MENSAJES_ALMACEN = {
  ...MENSAJES_PREGUNTA,
  extraido: 'Inventario extraído',
  sinIdentidad: 'KLK no dice de qué almacén son los datos',
  transformado: 'Inventario transformado',
  forzado: 'Inventario aceptado por orden de una persona',
  validado: 'Inventario validado',
  cargado: 'Inventario cargado',
  fallido: 'Almacén fallido',
  omitido: 'Almacén omitido',
  sinRegistrar: 'No se pudo anotar el almacén en la base',
  rechazosSinRegistrar: 'No se pudo anotar en la base ninguna fila rechazada',
} as const;

/** Messages of the log lines about the run as a whole. */
export const MENSAJES_INVENTARIO = {
  simulacion: 'Simulación: no se evalúa lo que exige comparar con el inventario de la base',
  versionesSueltas: 'Hay versiones en inventario_versiones_default: la próxima migración diaria las mueve',
  sinAntecedentes: 'No se pudo leer cómo dejaron los almacenes las ejecuciones anteriores',
} as const;

/** At most so many rejected rows are logged one by one; the rest is in the counts and in `etl_rechazos`. */
const MAX_LOGGED = 20;

export function logAnswer(logger: Logger, answer: TimedAnswer, ms: number): void {
  const { articulos, fechaGeneracion, identidadConfirmada } = answer;
  const fase = 'extraccion';
  logger.info(MENSAJES_ALMACEN.extraido, { fase, extraidos: articulos.length, fechaGeneracion, ms });
  if (!identidadConfirmada) logger.warn(MENSAJES_ALMACEN.sinIdentidad, { fase });
}

export function logTransformed(logger: Logger, transformed: Transformed, ms: number): void {
  const fase = 'transformacion';
  const { inventario, rechazos, duplicados, preciosIlegibles, textosLimpiados } = transformed;
  logger.info(MENSAJES_ALMACEN.transformado, {
    fase,
    validos: inventario.length,
    rechazados: rechazos.length,
    duplicados,
    preciosIlegibles,
    textosLimpiados,
    ms,
  });
  for (const { codigo, motivo } of rechazos.slice(0, MAX_LOGGED)) {
    logger.warn(MENSAJE_RECHAZO, { fase, producto: codigo, motivo });
  }
}

/** A suspicion or too many bad rows, which a person overruled by naming the store. */
export function logForzado(logger: Logger, fase: Fase, { codigo, message }: PipelineError): void {
  logger.warn(MENSAJES_ALMACEN.forzado, { fase, codigo, motivo: message });
}

export function logFallido(
  logger: Logger,
  estado: 'fallido' | 'omitido',
  fase: Fase,
  error: PipelineError,
): void {
  logFailure(logger, MENSAJES_ALMACEN[estado], error, { fase });
}
